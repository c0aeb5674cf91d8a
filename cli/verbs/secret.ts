import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Failure } from '../../core/index.ts';
import { removeSecret, secretText, setSecret, variableOf } from '../../handlers/local/index.ts';
import { EXIT } from '../exit.ts';
import { note } from '../output.ts';
import { dataFolder, roomOptions } from '../settings.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

export const secret = verb({
  name: 'secret',
  summary: 'set or remove a secret',
  args: '<name>',
  options: {
    from: { type: 'string', value: '@FILE|-', help: 'where its value is read: a file, or standard input (-)' },
    remove: { type: 'boolean', help: 'remove it instead' },
    data: roomOptions.data,
  },
  details: `It is kept in the data folder, mode 0600, for whoever serves the folder; a server that runs reads it at once.
The value is no argument, because everybody on this machine may see those. One newline at its end is dropped.
SKEIN_SECRET_<NAME> in the server's environment wins over it.`,
  examples: ['skein secret mail-password --from @password.txt', 'pass mail | skein secret mail-password'],
  async run({ args: [name = ''], values, env }) {
    if (values.remove && values.from !== undefined) throw new UsageError('secret: --from or --remove, not both');
    const value = values.remove ? undefined : await valueFrom(values.from ?? '-');
    const folder = join(dataFolder(values.data, env), 'secrets');
    if (value !== undefined) {
      refusable(() => setSecret(folder, name, value));
      note(`secret '${name}' is set`);
    } else if (refusable(() => removeSecret(folder, name))) note(`secret '${name}' is removed`);
    else {
      note(`there is no secret '${name}' in ${folder}`);
      return EXIT.failed;
    }
    if (env[variableOf(name)]) note(`${variableOf(name)} is set here; where a server has it too, it wins`);
    return EXIT.ok;
  },
});

async function valueFrom(given: string): Promise<string> {
  if (given !== '-' && !given.startsWith('@'))
    throw new UsageError('--from: @file or -, and not the value itself: others could see it', 'skein secret --help');
  const bytes = given === '-' ? await buffer(process.stdin) : readNamed(given.slice(1));
  try {
    return secretText(bytes);
  } catch {
    throw new UsageError('--from: a secret must be text in UTF-8; encode other bytes, for example in base64');
  }
}

function readNamed(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`--from: ${(error as Error).message}`);
  }
}

/** A name or a value that cannot be one is wrong usage. */
function refusable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof Failure) throw new UsageError(`secret: ${error.message}`);
    throw error;
  }
}
