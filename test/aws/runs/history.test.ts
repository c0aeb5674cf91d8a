import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { historyOf } from '../../../handlers/aws/runs/history.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const input = (attempt: number): string =>
  JSON.stringify({ run: 'r', key: 'r/pay', step: 'pay', attempt, input: { n: 1 } });
const event = (
  id: number,
  previousEventId: number,
  type: HistoryEvent['type'],
  details: object = {},
): HistoryEvent => ({
  ...{ id, previousEventId, type, timestamp: at(id) },
  ...details,
});
const scheduled = (attempt: number): object => ({
  lambdaFunctionScheduledEventDetails: { resource: 'arn:aws:lambda:eu-west-1:1:function:pay', input: input(attempt) },
});

// The order and the numbers are those of branches at work at once: what belongs together is told by previousEventId alone.
test('attempts of one call are one record, also where another call is at work beside them', () => {
  const other = JSON.stringify({ run: 'r', key: 'r/post', step: 'post', attempt: 1, input: null });
  const { steps, at: last } = historyOf([
    event(1, 0, 'ExecutionStarted'),
    event(2, 1, 'LambdaFunctionScheduled', scheduled(1)),
    event(3, 1, 'LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: { resource: 'a', input: other } }),
    event(4, 2, 'LambdaFunctionStarted'),
    event(5, 3, 'LambdaFunctionStarted'),
    event(6, 4, 'LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: { cause: 'too slow' } }),
    event(7, 6, 'LambdaFunctionScheduled', scheduled(2)),
    event(8, 5, 'LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: { output: '7' } }),
    event(9, 7, 'LambdaFunctionStartFailed', { lambdaFunctionStartFailedEventDetails: { error: 'Lambda.Unknown' } }),
  ]);
  expect(steps).toEqual([
    {
      ...{ key: 'r/pay', step: 'pay', status: 'failed', attempts: 2, input: { n: 1 } },
      ...{
        error: { name: 'Lambda.Unknown', message: '' },
        startedAt: at(2).toISOString(),
        endedAt: at(9).toISOString(),
      },
    },
    {
      ...{ key: 'r/post', step: 'post', status: 'succeeded', attempts: 1, input: null, output: 7 },
      ...{ startedAt: at(3).toISOString(), endedAt: at(8).toISOString() },
    },
  ]);
  expect(last).toEqual(at(9));
});

test('how waits ended is told by their tokens, and maps tell how many items they have', () => {
  const parameters = (token: string): object => ({
    taskScheduledEventDetails: { parameters: JSON.stringify({ FunctionName: 'f', Payload: { token } }) },
  });
  const { fates, items, steps } = historyOf([
    event(1, 0, 'TaskScheduled', parameters('one')),
    event(2, 1, 'TaskStarted'),
    event(3, 2, 'TaskSubmitted'),
    event(4, 3, 'TaskSucceeded'),
    event(5, 4, 'TaskScheduled', parameters('two')),
    event(6, 5, 'TaskTimedOut'),
    event(7, 6, 'TaskScheduled', parameters('three')),
    event(8, 7, 'MapStateEntered', { stateEnteredEventDetails: { name: 'each' } }),
    event(9, 8, 'MapStateStarted', { mapStateStartedEventDetails: { length: 4 } }),
  ]);
  expect([...fates]).toEqual([
    ['one', 'taken'],
    ['two', 'over'],
  ]);
  expect([...items]).toEqual([['each', 4]]);
  expect(steps).toEqual([]);
});
