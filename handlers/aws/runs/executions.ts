import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type ErrorValue, Failure } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import { answer, isNamed } from '../resources/answer.ts';
import { aslName, causeOf } from '../workflow/errors.ts';

export type Executions = ReturnType<typeof executionsOn>;

/** What a token's owner is told that waits no more. https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const NOBODY = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];
/** Events that one call gives at most. */
const PAGE = 1000;

/** The part of Step Functions that runs are made of. Methods reject with `Unavailable` where it does not answer or is too busy. */
export function executionsOn(sfn: SFNClient) {
  const told = <T>(sent: Promise<T>): Promise<T> => answer('Step Functions', sent);
  /** @returns whether somebody waited. */
  const send = async (sent: Promise<unknown>): Promise<boolean> => {
    try {
      await told(sent);
      return true;
    } catch (error) {
      if (isNamed(error, ...NOBODY)) return false;
      throw error;
    }
  };

  return {
    /** Starts it; that it was started before under this name is no error. */
    async start(machine: string, name: string, input: Json): Promise<void> {
      const request = { stateMachineArn: machine, name, input: JSON.stringify(input) };
      try {
        await told(sfn.send(new StartExecutionCommand(request)));
      } catch (error) {
        if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
      }
    },
    /** `undefined` where there is none: Step Functions forgets an execution 90 days after its end. */
    async describe(arn: string): Promise<DescribeExecutionCommandOutput | undefined> {
      try {
        return await told(sfn.send(new DescribeExecutionCommand({ executionArn: arn })));
      } catch (error) {
        if (isNamed(error, 'ExecutionDoesNotExist')) return undefined;
        throw error;
      }
    },
    /** @param error what the execution ends with. */
    async stop(arn: string, error: ErrorValue): Promise<void> {
      await told(sfn.send(new StopExecutionCommand({ executionArn: arn, error: error.name, cause: error.message })));
    },
    /** @throws `NotFound` where the history is no longer kept. */
    async history(arn: string): Promise<readonly HistoryEvent[]> {
      const found: HistoryEvent[] = [];
      let next: string | undefined;
      do {
        const request = { executionArn: arn, maxResults: PAGE, ...(next !== undefined && { nextToken: next }) };
        try {
          const { events = [], nextToken } = await told(sfn.send(new GetExecutionHistoryCommand(request)));
          found.push(...events);
          next = nextToken;
        } catch (error) {
          if (!isNamed(error, 'ExecutionDoesNotExist')) throw error;
          throw new Failure({ name: 'NotFound', message: 'the history of this run is not kept any more' });
        }
      } while (next !== undefined);
      return found;
    },
    /** @returns whether somebody waited with this token. */
    succeed: (token: string, output: Json): Promise<boolean> =>
      send(sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) }))),
    /** The same, for what a rescue may catch. */
    fail: (token: string, error: ErrorValue): Promise<boolean> =>
      send(
        sfn.send(new SendTaskFailureCommand({ taskToken: token, error: aslName(error.name), cause: causeOf(error) })),
      ),
  };
}

const MACHINE = /^(arn:[^:]+:states:[^:]*:[^:]*):stateMachine:([^:]+)/;

/** The ARN of an execution; that of a version or an alias of its machine names neither. */
export function executionArn(machine: string, name: string): string {
  const [, start, plain] = MACHINE.exec(machine) ?? [];
  if (start === undefined) throw new TypeError(`machineArn: ${JSON.stringify(machine)} is no ARN of a state machine`);
  return `${start}:execution:${plain}:${name}`;
}
