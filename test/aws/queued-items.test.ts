import { StateMachine } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { stopQueuedItems } from '../../handlers/aws/sandbox/states/interpreter.ts';
import { turns } from '../conformance/semantics/clause.ts';

async function begun(): Promise<number[]> {
  const items: number[] = [];
  const states = { t: { Type: 'Task', Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:t', End: true } };
  const map = { Type: 'Map', MaxConcurrency: 1, ItemProcessor: { StartAt: 't', States: states }, End: true };
  const machine = new StateMachine({ StartAt: 'm', States: { m: map } } as never, {
    validationOptions: { noValidate: true },
  });
  const t = async (item: unknown): Promise<never> => {
    items.push(item as number);
    throw new Error('m');
  };
  await machine.run([0, 1, 2], { overrides: { taskResourceLocalHandlers: { t } } }).result.catch(() => undefined);
  await turns(5);
  return items;
}

test('the library goes on with a Map that has failed, and does not once it is set right', async () => {
  expect(await begun()).toEqual([0, 1, 2]);
  stopQueuedItems();
  expect(await begun()).toEqual([0]);
});
