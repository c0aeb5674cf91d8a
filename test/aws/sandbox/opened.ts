import { cpSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { App } from '../../../core/app.ts';
import type { RunStatus } from '../../../core/workflow/runs.ts';
import { packageApps } from '../../../handlers/aws/sandbox/package-apps.ts';
import { hasRic, RIC_WANTED } from '../../../handlers/aws/sandbox/ric.ts';
import { openSandboxRoom, type SandboxOptions } from '../../../handlers/aws/sandbox/room.ts';
import { DYNAMODB_WANTED, hasDynamoDb, hasFauxqs } from '../../../handlers/aws/sandbox/tools.ts';
import { ROOT, temporary, until } from '../../support/server.ts';
import { copyCheckout } from '../serverless/packaging.ts';

/** Whether functions can be run here, and what to do where they cannot. */
export const hasSandboxes: boolean = hasRic() && hasFauxqs && hasDynamoDb;
export const SANDBOXES_WANTED = `${RIC_WANTED}, and ${DYNAMODB_WANTED}`;

/** Milliseconds: packaging and the first start of each function, on a machine that has much else to do. */
export const PATIENCE = 900_000;

const ADMIN_KEY = 'the admin key of these tests, which is long enough'.replaceAll(' ', '-');

/** Packages a module as a user would, from a copy of the checkout in which nothing was built. @returns the folder. */
export async function packaged(module: string): Promise<string> {
  const root = copyCheckout();
  const own = join(root, relative(ROOT, resolve(module)));
  const folder = join(temporary(), 'package');
  cpSync(resolve(module), own);
  await packageApps({ root, module: own, folder });
  return folder;
}

export type Opened = Awaited<ReturnType<typeof openPackaged>>;

/** A room over a package, with what tests ask of it. */
export async function openPackaged(apps: readonly App[], folder: string, options: Partial<SandboxOptions> = {}) {
  const room = await openSandboxRoom(apps, { folder, adminKey: ADMIN_KEY, ...options });
  const owner = (workflow: string): string =>
    apps.find((app) => app.workflows.some(({ name }) => name === workflow))?.name ?? '';
  /** A request with the admin key. */
  const ask = (app: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...init.headers, authorization: `Bearer ${ADMIN_KEY}` };
    return room.fetch(app, new Request(new URL(path, 'http://127.0.0.1:3000'), { ...init, headers }));
  };
  return {
    room,
    ask,
    async start(workflow: string, input: unknown, id?: string): Promise<string> {
      const response = await ask(owner(workflow), `/workflows/${workflow}/runs`, {
        method: 'POST',
        body: JSON.stringify(input),
        headers: { 'content-type': 'application/json', ...(id !== undefined && { 'idempotency-key': id }) },
      });
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    /** The status of a run when it is over. */
    over: (workflow: string, id: string): Promise<RunStatus> =>
      until(async () => {
        // Without asking: each look is a call of the function.
        const execution = [...room.cloud.states.executions.values()].find(({ name }) => name === id);
        if (execution === undefined || execution.status === 'RUNNING') return undefined;
        return (await (await ask(owner(workflow), `/runs/${id}`)).json()) as RunStatus;
      }),
  };
}
