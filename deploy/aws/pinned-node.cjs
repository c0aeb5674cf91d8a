const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/**
 * Runs build.ts on the checkout's own Node: the one that runs this may be too old to read TypeScript.
 *
 * @returns what it printed, from JSON.
 */
module.exports = function build(verb, input) {
  const root = join(__dirname, '../..');
  const node = join(root, 'node_modules/.bin/node');
  const { status, stdout, stderr, error } = spawnSync(node, [join(__dirname, 'build.ts'), verb], {
    cwd: root,
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw new Error(`cannot run ${node}, which npm ci installs: ${error.message}`);
  if (status !== 0) {
    const failed = new Error(stderr.trim());
    // osls prints the stack, and where this file calls the other says nothing.
    failed.stack = failed.message;
    throw failed;
  }
  return JSON.parse(stdout);
};
