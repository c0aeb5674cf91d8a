import { type BucketReader, problem, type RunStatus } from 'skein';
import { mergeRuns } from './runs/merge-runs.ts';
import { openRuns } from './runs/open-runs.ts';
import { toStream } from './runs/to-stream.ts';
import { counted } from './steps/totals.ts';

/** `word<TAB>count<LF>` of all parts of a run's result, sorted by the words' bytes; a problem where there is none. */
export async function resultResponse(run: RunStatus | undefined, work: BucketReader): Promise<Response> {
  if (run === undefined) return problem({ status: 404, code: 'NotFound', detail: 'no such run of word-count' });
  const { id, status, error } = run;
  if (status === 'running') {
    const detail = `${run.progress.done} of about ${run.progress.total} steps are done`;
    return problem({ status: 409, code: 'NotFinished', detail, id }, { 'retry-after': '1' });
  }
  if (status !== 'succeeded')
    return problem({
      status: 422,
      code: error?.name ?? 'Cancelled',
      detail: error?.message ?? 'the run was cancelled',
      id,
    });
  const { parts } = counted.parse(run.output);
  try {
    // Opened before the answer begins: what is lost is said in a problem, not by a broken stream.
    const cursors = await openRuns(work, parts);
    const length = cursors.reduce((sum, { size }) => sum + size, 0);
    return new Response(toStream(mergeRuns(cursors)), {
      headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(length) },
    });
  } catch (lost) {
    if (!(lost instanceof Error && lost.name === 'RunLost')) throw lost;
    return problem({ status: 410, code: 'Gone', detail: 'the result of this run is no longer kept', id });
  }
}
