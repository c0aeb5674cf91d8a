import type { Json } from '../json.ts';
import type { RunReader, RunStarter, Runs } from '../workflow/runs.ts';
import type { Keyring } from './keyring.ts';

/** What a function that uses a workflow gets. Its status URLs are paths on the host that serves the app. */
export function workflowClient(
  workflow: string,
  runs: () => Runs,
  keyring: () => Promise<Keyring>,
): RunStarter<Json> & RunReader {
  const statusUrl = async (id: string): Promise<string> => (await keyring()).statusPath(id);
  return {
    async start(input, { id: wanted } = {}) {
      const { id } = await runs().start(workflow, input, wanted);
      return { id, statusUrl: await statusUrl(id) };
    },
    async status(id) {
      const status = await runs().status(id).catch(absent);
      return status?.workflow === workflow ? status : undefined;
    },
    statusUrl,
  };
}

function absent(error: unknown): undefined {
  if (error instanceof Error && error.name === 'NotFound') return undefined;
  throw error;
}
