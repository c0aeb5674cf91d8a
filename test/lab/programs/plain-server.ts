import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers at once; with `frozen` it does nothing at all for 1 second of each 5. */
const server = createServer((_request, response) => {
  response.end('here');
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
if (process.argv.includes('frozen'))
  setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000), 5000);
process.on('SIGTERM', () => process.exit(0));
