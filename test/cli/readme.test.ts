import { spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { childEnv, type Exit, follow, ROOT, startServer, temporary } from '../support/server.ts';
import { skein } from './skein.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text ?? '');

test("the README's program runs, as its text says", async () => {
  const [program = ''] = blocks('ts');
  expect(program.trim().split('\n').length).toBeLessThanOrEqual(17);
  const folder = temporary();
  writeFileSync(join(folder, 'hello.ts'), program);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(userModules(), join(folder, 'node_modules'));

  const [, command = ''] = /skein -- (run .* --module hello\.ts .*)/.exec(blocks('sh').join('')) ?? [];
  const [, input = ''] = /--input '(.*)'/.exec(command) ?? [];
  const args = command.replace(/ --input '.*'/, '').split(' ');
  const { code, stdout, stderr } = await skein([...args, '--input', input], { cwd: folder });
  expect([code, stdout && JSON.parse(stdout), stderr]).toEqual([
    0,
    ['Hello, Ada!', 'Hello, Grace!'],
    expect.stringMatching(/^run \S+\n$/),
  ]);
});

test("the README's commands work against a server", async () => {
  const server = await startServer();
  const commands = blocks('sh').filter((block) => /127\.0\.0\.1/.test(block) && !block.includes('npm ci'));
  expect(commands.length).toBe(2);
  const outputs: string[] = [];
  for (const block of commands) {
    const script = block
      .replaceAll('http://127.0.0.1:3000', server.url)
      .replaceAll('.skein/', `${server.data}/`)
      .replaceAll('curl ', 'curl -sS --fail-with-body ');
    const { code, stdout, stderr } = await shell(script, { SKEIN_DATA: server.data });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('skein:')]);
    outputs.push(stdout);
  }
  expect(outputs[0]).toContain('"n":10,"value":2.00824839');
  expect(outputs[0]).toContain('"converged":true');
  expect(outputs[1]).toMatch(/^the\t\d+$/m);
});

test('what the README names is there', () => {
  const folders = [...readme.matchAll(/^\| `(\S+)\/` \|/gm)].map(([, folder]) => folder ?? '');
  expect(folders.length).toBeGreaterThan(4);
  const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link ?? '');
  for (const path of [...folders, ...links]) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
});

test('docs/cli.md has every verb with every option', async () => {
  const doc = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');
  const verbs = [...(await skein(['--help'])).stdout.matchAll(/^ {2}skein (\w+)/gm)].map(([, verb]) => verb ?? '');
  for (const verb of verbs) {
    const chapter = new RegExp(`^### \`skein ${verb}\\b.*?(?=^###|$(?![^]))`, 'ms').exec(doc)?.[0] ?? '';
    const { stdout } = await skein([verb, '--help']);
    for (const [, option] of stdout.matchAll(/^ {2}(--\w+)/gm))
      if (option !== '--help') expect(`${verb}: ${chapter}`).toContain(`\`${option}`);
  }
});

/** A `node_modules` as a user's: this package and what it depends on. */
function userModules(): string {
  const folder = temporary();
  symlinkSync(ROOT, join(folder, 'skein'));
  symlinkSync(join(ROOT, 'node_modules/zod'), join(folder, 'zod'));
  return folder;
}

function shell(script: string, env: Record<string, string>): Promise<Exit> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  return follow(spawn('bash', ['-euc', script], { cwd: ROOT, env: childEnv({ ...env, PATH: path }) }));
}
