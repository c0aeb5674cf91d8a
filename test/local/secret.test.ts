import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { redactor } from '../../core/redact.ts';
import { openSecrets, removeSecret, secretsOf, setSecret } from '../../handlers/local/secret.ts';
import { skein } from '../cli/skein.ts';
import { secretSuite } from '../conformance/secret.ts';
import { temporary } from '../support/server.ts';

const open = (folder: string, env: Readonly<Record<string, string>> = {}) =>
  openSecrets({ folder, env, redactor: redactor() });

const shared = join(temporary(), 'secrets');
secretSuite({
  name: 'local',
  set: (name, value) => setSecret(shared, name, value),
  remove: (name) => void removeSecret(shared, name),
  open: () => ({ ...open(shared), close: () => undefined }),
});

describe('where a secret comes from', () => {
  test('the environment wins over the file, unless it is empty', async () => {
    const folder = temporary();
    setSecret(folder, 'mail-password', 'from the file');
    expect(await open(folder).secret('mail-password').get()).toBe('from the file');
    for (const [given, wanted] of [
      ['from outside', 'from outside'],
      ['', 'from the file'],
    ] as const)
      expect(await open(folder, { SKEIN_SECRET_MAIL_PASSWORD: given }).secret('mail-password').get()).toBe(wanted);
  });

  test('a file that a person wrote may end with a newline, of either kind', async () => {
    const folder = temporary();
    for (const text of ['by hand', 'by hand\n', 'by hand\r\n', '\ufeffby hand\r\n']) {
      writeFileSync(join(folder, 'note'), text);
      expect(await open(folder).secret('note').get()).toBe('by hand');
    }
    writeFileSync(join(folder, 'note'), '\n');
    await expect(open(folder).secret('note').get()).rejects.toMatchObject({ name: 'SecretNotSet' });
    writeFileSync(join(folder, 'note'), Buffer.of(0xff, 0xfe, 0x41));
    await expect(open(folder).secret('note').get()).rejects.toThrow(/encoded data was not valid/);
  });

  test('one that is not set says both ways to set it', async () => {
    const message =
      "the secret 'mail-password' is not set: set SKEIN_SECRET_MAIL_PASSWORD, or run: skein secret mail-password --from @file";
    const folder = join(temporary(), 'never-made');
    await expect(open(folder).secret('mail-password').get()).rejects.toMatchObject({ name: 'SecretNotSet', message });
  });

  test('a name that cannot be one reaches no file', () => {
    const folder = temporary();
    for (const name of ['', '..', '../admin.key', 'A', 'a/b', 'a_b', 'skein-x', '.x']) {
      if (name !== 'skein-x') expect(() => open(folder).secret(name)).toThrow(TypeError);
      expect(() => setSecret(folder, name, 'value')).toThrow(TypeError);
      expect(() => removeSecret(folder, name)).toThrow(TypeError);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a thread gets the secrets of the environment and nothing else of it', () => {
    const env = {
      SKEIN_SECRET_A: '1',
      SKEIN_ADMIN_KEY: 'k',
      PATH: '/bin',
      SKEIN_SECRET_B: '',
      SKEIN_SECRET_C: undefined,
    };
    expect(secretsOf(env)).toEqual({ SKEIN_SECRET_A: '1' });
  });

  test('what is read is known to the redactor from then on', async () => {
    const folder = temporary();
    setSecret(folder, 'one', 'hunter2!');
    const known = redactor();
    expect(known.text('hunter2!')).toBe('hunter2!');
    await openSecrets({ folder, env: {}, redactor: known }).secret('one').get();
    expect(known.text('it is hunter2!')).toBe('it is [redacted]');
  });
});

describe('skein secret', () => {
  const data = temporary();
  const run = (args: readonly string[], input?: string, env: Readonly<Record<string, string>> = {}) =>
    skein(['secret', ...args], { env: { SKEIN_DATA: data, ...env }, ...(input !== undefined && { input }) });
  const kept = (name: string): string => readFileSync(join(data, 'secrets', name), 'utf8');

  test('sets it from standard input or a file, for its owner alone, and says nothing of it', async () => {
    expect(await run(['one'], 'hunter2\n')).toMatchObject({ code: 0, stdout: '', stderr: "secret 'one' is set\n" });
    expect(kept('one')).toBe('hunter2\n');
    const file = join(temporary(), 'value.txt');
    writeFileSync(file, 'two\nlines\n\n');
    expect(await run(['two', '--from', `@${file}`])).toMatchObject({ code: 0, stdout: '' });
    expect(await open(join(data, 'secrets')).secret('two').get()).toBe('two\nlines\n');
    expect((await run(['one', '--from', '-'], 'again')).code).toBe(0);
    expect(kept('one')).toBe('again\n');
    if (process.platform !== 'win32') {
      expect(statSync(join(data, 'secrets')).mode & 0o777).toBe(0o700);
      expect(statSync(join(data, 'secrets', 'one')).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(join(data, 'secrets')).sort()).toEqual(['one', 'two']);
  });

  test('removes it', async () => {
    await run(['gone'], 'value');
    expect(await run(['gone', '--remove'])).toMatchObject({ code: 0, stderr: "secret 'gone' is removed\n" });
    expect(await run(['gone', '--remove'])).toMatchObject({ code: 1, stderr: /there is no secret 'gone'/ });
  });

  test('says where the environment wins', async () => {
    const { stderr } = await run(['three'], 'value', { SKEIN_SECRET_THREE: 'other' });
    expect(stderr).toContain('SKEIN_SECRET_THREE is set here');
    expect(stderr).not.toContain('other\n');
  });

  test.each([
    ['the value itself', ['four', '--from', 'hunter2'], '', /--from: @file or -/],
    ['a file that is not there', ['four', '--from', '@no-such'], '', /--from: ENOENT/],
    ['nothing', ['four'], '\n', /must not be empty/],
    ['too much', ['four'], 'h'.repeat(25_001), /at most 25000 bytes/],
    ['a name that cannot be one', ['../admin.key'], 'x', /the name "..\/admin.key" must match/],
    ['both at once', ['four', '--remove', '--from', '-'], 'x', /not both/],
  ] as const)('%s is wrong usage', async (_what, args, input, message) => {
    const { code, stdout, stderr } = await run(args, input);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/hunter2|hhhh|^ +at /m);
  });

  test('a folder in the place of a secret is no secret', async () => {
    mkdirSync(join(data, 'secrets', 'five'), { recursive: true });
    await expect(open(join(data, 'secrets')).secret('five').get()).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
