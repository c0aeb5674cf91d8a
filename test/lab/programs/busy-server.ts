import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from './listen.ts';

/** Milliseconds of work, and how much longer it waits for the file. */
const WORK = 30;
const PATIENCE = 5000;

let count = 0;

/**
 * Each request is work that takes the whole thread. It goes on until the client of the one before has put a file of that one's number
 * into the folder that the path names; the answer is the own number, and whether that file came.
 */
listen((request, response) => {
  const folder = decodeURIComponent((request.url ?? '/').slice(1));
  const own = ++count;
  const came = (): boolean => own === 1 || existsSync(join(folder, String(own - 1)));
  const began = performance.now();
  while (performance.now() - began < WORK || (!came() && performance.now() - began < PATIENCE));
  response.end(`${own} ${came() ? 'after' : 'before'} ${own - 1}`);
});
