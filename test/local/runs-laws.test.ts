import { open } from '../../handlers/local/dev.ts';
import { runsSuite } from '../conformance/runs.ts';
import { RUNS_APP } from '../conformance/runs-app.ts';

runsSuite({
  name: 'local',
  async open() {
    const dev = await open(RUNS_APP);
    return {
      fetch(path, init = {}) {
        const headers = { ...init.headers, authorization: `Bearer ${dev.adminKey}` };
        return dev.fetch(new Request(new URL(path, 'http://room.test'), { ...init, headers }));
      },
      close: () => dev.close(),
    };
  },
});
