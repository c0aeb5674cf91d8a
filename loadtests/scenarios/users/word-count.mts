import { oneOf } from './random.ts';
import { parsed, walk } from './walk.ts';

export { begin, failed, record } from './recorder.ts';

const WORDS = 'a river runs past seven old mills and under the bridge where we wait for rain Rain RIVER'.split(' ');

interface Run {
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly error?: { readonly name: string };
}

/** A user sends a text, watches its words being counted, reads the result, and perhaps sends another. */
export const { arrive, decide, stays } = walk<'send' | 'watch' | 'read'>({
  first: 'send',
  chain: { send: { watch: 1 }, watch: { watch: 1 }, read: { send: 0.3 } },
  next(memory, state) {
    if (memory.statusUrl === undefined) return false;
    if (state === 'send') return 'watch';
    return state === 'watch'
      ? memory.status === 'succeeded'
        ? 'read'
        : memory.status === 'running'
          ? 'watch'
          : false
      : undefined;
  },
  steps: {
    send(memory) {
      const lines = Array.from({ length: 20 + Math.floor(Math.random() * 60) }, () =>
        Array.from({ length: 3 + Math.floor(Math.random() * 9) }, () => oneOf(WORDS)).join(' '),
      );
      memory.text = lines.join('\n');
      memory.statusUrl = undefined;
      return {
        method: 'POST',
        path: '/word-count/texts?tokenizer=T2',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: memory.text as string,
        check(status, body) {
          const told = parsed<{ statusUrl: string; resultUrl: string }>(202, status, body);
          if (typeof told === 'string') return told;
          Object.assign(memory, told);
          return told.statusUrl === undefined ? 'no statusUrl' : undefined;
        },
      };
    },
    watch: (memory) => ({
      path: String(memory.statusUrl),
      check(status, body) {
        const run = parsed<Run>(200, status, body);
        if (typeof run === 'string') return run;
        memory.status = run.status;
        return run.status === 'failed' ? `the run failed: ${run.error?.name}` : undefined;
      },
    }),
    read: (memory) => ({
      path: String(memory.resultUrl),
      check(status, body) {
        if (status !== 200) return `status ${status}`;
        return body === counted(String(memory.text)) ? undefined : 'other counts';
      },
    }),
  },
});

/** What the service must answer: lower case, runs of a to z, sorted by their bytes. */
export function counted(text: string): string {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, count]) => `${word}\t${count}\n`)
    .join('');
}
