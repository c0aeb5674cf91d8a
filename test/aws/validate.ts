import aslValidator from 'asl-validator';
import type { Definition } from '../../handlers/aws/workflow/index.ts';

/**
 * What asl-validator has against definitions. They are looked at as branches of one, since it compiles its schemas anew each time,
 * which takes most of a second; that branches of different workflows have states of the same name is no error then.
 */
export function complaints(definitions: readonly Definition[]): readonly string[] {
  // It writes into what it is given.
  const Branches = definitions.map(({ StartAt, States }) => structuredClone({ StartAt, States }));
  const { errors } = aslValidator({ StartAt: 'all', States: { all: { Type: 'Parallel', Branches, End: true } } });
  return errors.filter((one) => one['Error code'] !== 'DUPLICATE_STATE_NAMES').map((one) => JSON.stringify(one));
}
