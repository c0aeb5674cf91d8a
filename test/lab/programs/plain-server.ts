import { listen } from './listen.ts';

/** Answers at once; with `frozen` it does nothing at all for 1 second of each 5. */
listen((_request, response) => {
  response.end('here');
});
if (process.argv.includes('frozen'))
  setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000), 5000);
