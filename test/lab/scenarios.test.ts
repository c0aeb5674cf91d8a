import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { childEnv, follow, ROOT, type Server, startServer, temporary } from '../support/server.ts';
import { hasPackages, withPackages } from './measuring.ts';

const LOADTESTS = join(ROOT, 'loadtests');
/** A few users of each scenario: whether its answers are right, not how many there can be. */
const FEW = JSON.stringify({ config: { phases: [{ duration: 4, arrivalRate: 2 }] } });

interface Report {
  readonly aggregate: { readonly counters: Readonly<Record<string, number>> };
}

describe.skipIf(!hasPackages)(withPackages('Artillery'), () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });

  async function artillery(scenario: string, url: string | undefined, ...more: readonly string[]) {
    const output = join(temporary(), 'report.json');
    const bin = join(LOADTESTS, 'node_modules/artillery/bin/run');
    const args = ['run', '-e', 'local', '--output', output, ...more, `scenarios/${scenario}.yml`];
    const env = childEnv({ ...(url !== undefined && { URL: url }), ARTILLERY_DISABLE_TELEMETRY: 'true' });
    const { code, stderr, stdout } = await follow(
      spawn(process.execPath, [bin, ...args], { cwd: LOADTESTS, env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    return { code, said: `${stdout}${stderr}`.slice(-2_000), output };
  }

  for (const scenario of ['integral', 'one-sum', 'word-count', 'statistics', 'poll', 'photos'])
    test(`C5: users of ${scenario} get right answers`, { timeout: 180_000 }, async () => {
      const { code, said, output } = await artillery(scenario, server.url, '--overrides', FEW);
      expect([code, said]).toEqual([0, said]);
      const { counters } = (JSON.parse(readFileSync(output, 'utf8')) as Report).aggregate;
      expect(counters['http.codes.200']).toBeGreaterThan(0);
      expect(counters['lab.wrong'] ?? 0).toBe(0);
    });

  test.each([
    [undefined, 'URL is not set: URL=https://… npx artillery run -e <environment> scenarios/<name>.yml'],
    ['nonsense', "URL 'nonsense' is no http or https URL: "],
  ])('C5: with URL=%s a line says what is wanted, without a stack', { timeout: 180_000 }, async (url, wanted) => {
    const { code, said } = await artillery('get', url);
    expect(code).not.toBe(0);
    expect(said).toContain(wanted);
    expect(said).not.toMatch(/^ +at /m);
  });
});
