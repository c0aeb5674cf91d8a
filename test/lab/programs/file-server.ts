import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listen } from './listen.ts';

/** Counts its requests in a file of the folder that it is given, or answers 500 with the code of what failed. */
const file = join(process.argv[2] ?? '', 'count');
await appendFile(file, '');

async function counted(): Promise<string> {
  const count = String(Number(await readFile(file, 'utf8')) + 1);
  await writeFile(file, count);
  return count;
}

listen((_request, response) => {
  counted().then(
    (count) => response.end(count),
    (error: NodeJS.ErrnoException) => response.writeHead(500).end(error.code),
  );
});
