import type { App } from '../../../core/app.ts';
import type { Json } from '../../../core/json.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import { controlEntry } from '../../../handlers/aws/functions/control-entry.ts';
import { CLAIMS, RUNS, variablesOf } from '../../../handlers/aws/functions/environment.ts';
import { httpEntry } from '../../../handlers/aws/functions/http-entry.ts';
import { openRoom, type Room } from '../../../handlers/aws/functions/room.ts';
import { stepEntry } from '../../../handlers/aws/functions/step-entry.ts';
import { memoryTable } from '../../../handlers/aws/sandbox/in-process/memory-table.ts';
import { openStepFunctions, type StepFunctions } from '../../../handlers/aws/sandbox/states/step-functions.ts';
import { compiled } from '../asl-room.ts';
import { FRONTS } from '../http/fronts.ts';

const KEY = 'the-admin-key';
const STATES = 'arn:aws:states:eu-west-1:123456789012:stateMachine:';

export interface AwsRoom {
  readonly room: Room;
  readonly states: StepFunctions;
  readonly table: TableClient;
  /** Sends a request with the admin key through an HTTP API and its function. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  control(event: unknown): Promise<unknown>;
  /** What another process of the same deployment sees. */
  again(): Room;
  close(): Promise<void>;
}

export interface AwsRoomOptions {
  /** The room's table as the room gets it. @default as it is */
  dressTable?(table: TableClient): TableClient;
}

/** An app as it is deployed, but for the machines: functions over Step Functions on loopback and a table in memory. */
export async function openAwsRoom(app: App, { dressTable = (table) => table }: AwsRoomOptions = {}): Promise<AwsRoom> {
  const claims = new Map<string, string>();
  const table = dressTable(memoryTable(Date.now));
  const machineOf = (name: string): string => `${STATES}stage-${name}`;
  const machines = app.workflows.map(({ name }) => ({ kind: 'workflow', name }) as const);
  const env = Object.fromEntries([
    ['SKEIN_ADMIN_KEY', KEY],
    ...[RUNS, CLAIMS].flatMap(variablesOf).map(({ name, resource }) => [name, resource.name]),
    ...machines.flatMap(variablesOf).map(({ name, resource }) => [name, machineOf(resource.name)]),
  ]) as Record<string, string>;

  const steps = new Map<string, ReturnType<typeof stepEntry>>();
  const states = await openStepFunctions({
    functions: {
      async step(machine, payload) {
        return steps.get(machine)?.(payload, { getRemainingTimeInMillis: () => 30_000 });
      },
      control: (payload) => control(payload),
    },
  });
  const again = (): Room =>
    openRoom(app, {
      env,
      log: () => undefined,
      make: {
        bucket: () =>
          ({
            put: async (key: string, text: string) => void claims.set(key, text),
            get: async (key: string) => ({ text: async () => claims.get(key) }),
          }) as never,
        table: () => table,
        queue: () => ({}) as never,
        secret: () => ({}) as never,
        sfn: () => states.client,
      },
    });
  const room = again();
  const control = controlEntry(room);
  for (const workflow of app.workflows) {
    states.deploy(machineOf(workflow.name), compiled(workflow));
    steps.set(machineOf(workflow.name), stepEntry(room, workflow.name));
  }
  const handler = httpEntry(room);
  const front = FRONTS.find(({ name }) => name === 'HTTP API') ?? FRONTS[0];
  if (front === undefined) throw new Error('there is no front');
  return {
    room,
    states,
    table,
    control,
    again,
    async fetch(path, init = {}) {
      const headers = { ...init.headers, authorization: `Bearer ${KEY}` };
      const event = await front.toEvent(new Request(new URL(path, 'http://room.test'), { ...init, headers }));
      const result = await handler(JSON.parse(JSON.stringify(event)) as Json);
      return front.toResponse(result as Parameters<typeof front.toResponse>[0]);
    },
    close: () => states.close(),
  };
}
