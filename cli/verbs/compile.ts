import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile as compileToAsl } from '../../handlers/aws/workflow/index.ts';
import { EXIT } from '../exit.ts';
import { loadApps, workflowNamed } from '../load-apps.ts';
import { print } from '../output.ts';
import { roomOptions } from '../settings.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

/** The account of the examples in AWS's own documentation. */
const DEFAULT_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:{name}';

export const compile = verb({
  name: 'compile',
  summary: "compile a workflow to a cloud's own language",
  args: '<cloud> <workflow>',
  options: {
    module: roomOptions.module,
    out: { type: 'string', value: 'FOLDER', help: 'where the file goes (.)' },
    arn: {
      type: 'string',
      value: 'PATTERN',
      help: `the functions' ARN, with {name} for a function's (${DEFAULT_ARN})`,
    },
  },
  details:
    'aws: Amazon States Language, in <workflow>.asl.json. Each step is a function of its own name, in which what is no\n' +
    'letter, digit, - or _ becomes -; skein-control is the one for what States Language has no words for.',
  examples: ['skein compile aws word-count --out build'],
  async run({ args: [cloud = '', name = ''], values }) {
    if (cloud !== 'aws') throw new UsageError(`'${cloud}' is no cloud that workflows are compiled for; there is: aws`);
    const pattern = values.arn ?? DEFAULT_ARN;
    if (!pattern.includes('{name}')) throw new UsageError(`--arn: '${pattern}' has no {name} in it`);
    const arn = (step: string): string => pattern.replaceAll('{name}', step.replace(/[^A-Za-z0-9_-]/g, '-'));
    const workflow = workflowNamed(await loadApps(values.module), name);
    const { asl } = compileToAsl(workflow, { arn, control: arn('skein-control') });
    const folder = values.out ?? '.';
    const file = join(folder, `${name}.asl.json`);
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${JSON.stringify(asl, null, 2)}\n`);
    print(file);
    return EXIT.ok;
  },
});
