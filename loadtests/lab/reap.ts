import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

// What ends the lab must not end who cleans up after it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const pids = new Set<number>();
const folders = new Set<string>();
for await (const line of createInterface({ input: process.stdin })) {
  const rest = line.slice(1);
  if (line.startsWith('+')) pids.add(Number(rest));
  else if (line.startsWith('-')) pids.delete(Number(rest));
  else if (line.startsWith('/')) folders.add(rest);
}
for (const pid of pids) {
  try {
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
// A process that was just killed may still hold a file for a moment.
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
