import { mermaid, toIR } from '../../core/index.ts';
import { EXIT } from '../exit.ts';
import { loadApps, workflowNamed } from '../load-apps.ts';
import { print, printJson } from '../output.ts';
import { roomOptions } from '../settings.ts';
import { verb } from '../verb.ts';

export const graph = verb({
  name: 'graph',
  summary: 'draw a workflow as a Mermaid flowchart',
  args: '<workflow>',
  options: { module: roomOptions.module, json: { type: 'boolean', help: "print the workflow's IR as JSON instead" } },
  examples: ['skein graph word-count > word-count.mmd', 'skein graph word-count --json | jq .body'],
  async run({ args: [name = ''], values }) {
    const workflow = workflowNamed(await loadApps(values.module), name);
    if (values.json) printJson(toIR(workflow));
    else print(mermaid(workflow.ir));
    return EXIT.ok;
  },
});
