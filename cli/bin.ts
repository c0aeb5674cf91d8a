#!/usr/bin/env node
// An older Node would only say that some module exports no such name. This file may use nothing that it has not.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) await import('./skein.ts');
else {
  process.stderr.write(`skein: needs Node 22.18 or newer, and this is ${process.versions.node}\n`);
  process.exit(2);
}
