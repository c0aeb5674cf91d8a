process.stderr.write('no disk today\n');
process.exit(3);
