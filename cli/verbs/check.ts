import { check as checkIR, DefinitionError, type Diagnostic, type Workflow } from '../../core/index.ts';
import { EXIT } from '../exit.ts';
import { loadApps, workflowNamed } from '../load-apps.ts';
import { note, print, printJson } from '../output.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { verb } from '../verb.ts';

export const check = verb({
  name: 'check',
  summary: 'look for problems in the workflows',
  args: '[workflow]',
  options: {
    module: roomOptions.module,
    json: { ...jsonOption, help: 'print the problems as a JSON list: code, where, message, remedy' },
  },
  details: 'Every problem has a number, a place and a remedy.',
  examples: ['skein check', 'skein check word-count --json', 'skein check --module hello.ts'],
  async run({ args: [name], values }) {
    const { problems, count } = await look(values.module, name);
    if (values.json) printJson(problems);
    else for (const one of problems) print(`${one.code} in ${one.where}\n  ${one.message}\n  remedy: ${one.remedy}`);
    if (problems.length > 0) return EXIT.failed;
    note(`${count === 1 ? 'one workflow' : `${count} workflows`}, no problems`);
    return EXIT.ok;
  },
});

async function look(
  module: string | undefined,
  name: string | undefined,
): Promise<{ problems: readonly Diagnostic[]; count: number }> {
  let workflows: readonly Workflow[];
  try {
    const apps = await loadApps(module);
    workflows = name === undefined ? apps.flatMap((app) => app.workflows) : [workflowNamed(apps, name)];
  } catch (error) {
    // A wrong workflow is refused where it is defined, so that importing the module is a check already.
    if (error instanceof DefinitionError) return { problems: error.diagnostics, count: 0 };
    throw error;
  }
  return { problems: workflows.flatMap((one) => checkIR(one.ir)), count: workflows.length };
}
