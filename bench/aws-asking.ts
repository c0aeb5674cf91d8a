import type { SandboxRoom } from '../handlers/aws/sandbox/room.ts';

/** Opens management of the rooms that are measured. */
export const KEY = 'the-admin-key-of-this-benchmark-0123456789';

export function ask(room: SandboxRoom, app: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, authorization: `Bearer ${KEY}` };
  return room.fetch(app, new Request(new URL(path, 'http://127.0.0.1:3000'), { ...init, headers }));
}

export function post(room: SandboxRoom, app: string, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return ask(room, app, path, { method: 'POST', body: JSON.stringify(body), headers });
}

export async function ok(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return response;
}

/** Runs a workflow, and waits without asking the function. */
export async function run(room: SandboxRoom, app: string, workflow: string, input: unknown): Promise<void> {
  const { id } = (await (await ok(post(room, app, `/workflows/${workflow}/runs`, input))).json()) as { id: string };
  for (;;) {
    const execution = [...room.cloud.states.executions.values()].find(({ name }) => name === id);
    if (execution !== undefined && execution.status !== 'RUNNING') {
      if (execution.status === 'SUCCEEDED') return;
      throw new Error(`${workflow}: ${JSON.stringify(execution.ending)}`);
    }
    await new Promise((later) => setTimeout(later, 5));
  }
}
