import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import apps from '../../../apps/index.ts';
import { type Served, serve } from '../../../handlers/aws/sandbox/serve.ts';
import { request, type Site, withKey } from '../../conformance/apps-site.ts';
import { ROOT, startServer } from '../../support/server.ts';
import { packaged } from './opened.ts';

const KEY = 'key-of-both-rooms-which-is-long-enough';
const MODULE = 'apps/index.ts';

/** The example apps twice: behind their packaged archives, and on a local server to compare with. */
export interface ServedApps {
  readonly folder: string;
  readonly served: Served;
  readonly site: Site;
  readonly local: Site;
  /** A request with the admin key. */
  manage(path: string, init?: RequestInit): Promise<Response>;
  /** Under which name something is deployed: functions have it in their environment. */
  deployed(variable: string): string;
  keysIn(bucket: string, prefix?: string): Promise<readonly string[]>;
  sendTo(queueUrl: string, body: unknown): Promise<unknown>;
  /** Has the sandboxes of a function stand still. @returns what lets them go on. */
  stopped(name: string): () => void;
  close(): Promise<void>;
}

export async function openServedApps(): Promise<ServedApps> {
  const [folder, local] = await Promise.all([packaged(MODULE), startServer({ env: { SKEIN_ADMIN_KEY: KEY } })]);
  const served = await serve(apps, { folder, root: ROOT, module: MODULE, port: 0, adminKey: KEY });
  const site = { url: served.url, key: KEY };
  const { own, deployment } = served.room.cloud;
  const deployed = (variable: string): string => {
    const found = deployment.functions.find(({ env }) => env[variable] !== undefined);
    return found?.env[variable] ?? `no function has ${variable}`;
  };
  return {
    ...{ folder, served, site, local: { url: local.url, key: KEY }, deployed },
    manage: (path, init = {}) => request(site, path, withKey(site, init)),
    async keysIn(bucket, prefix = '') {
      const { Contents = [] } = await own.s3.send(
        new ListObjectsV2Command({ Bucket: deployed(bucket), Prefix: prefix }),
      );
      return Contents.map(({ Key = '' }) => Key);
    },
    sendTo: (QueueUrl, body) => own.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) })),
    stopped(name) {
      const pool = [...served.room.pools.values()].find(({ spec }) => spec.name.endsWith(name));
      const pids = [...(pool?.pids ?? [])];
      if (pids.length === 0) throw new Error(`no sandbox of ${name} is up`);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      return () => {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
      };
    },
    async close() {
      await Promise.all([served.close(), local.stop()]);
    },
  };
}

export async function json<T>(answer: Promise<Response>): Promise<T> {
  return (await answer).json() as T;
}
