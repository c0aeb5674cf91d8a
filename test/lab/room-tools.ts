import { hasRic, RIC_WANTED } from '../../handlers/aws/sandbox/ric.ts';
import { DYNAMODB_WANTED, hasDynamoDb, hasFauxqs } from '../../handlers/aws/sandbox/tools.ts';
import { AZURITE_WANTED, hasAzurite } from '../../handlers/azure/sandbox/azurite.ts';

export { hasAzurite };
export const hasAws = hasRic() && hasFauxqs && hasDynamoDb;

/** The title of tests that need a room's tools, which says so where they are missing. */
export function titled(has: boolean, what: string): string {
  return has ? what : `SKIPPED ${what}: ${RIC_WANTED}; ${DYNAMODB_WANTED}; ${AZURITE_WANTED}`;
}
