import type { TableCapabilities, TableClient } from '../../core/resources/table.ts';
import { lawSuite } from './law-suite.ts';
import { conditionLaws } from './table-conditions.ts';
import { documentLaws } from './table-documents.ts';
import { expiryLaws } from './table-expiry.ts';
import { keyLaws } from './table-keys.ts';
import { queryLaws } from './table-query.ts';
import type { Laws } from './table-support.ts';
import { transactionLaws } from './table-transactions.ts';
import { valueLaws } from './table-values.ts';

export interface OpenTable {
  readonly client: TableClient;
  close(): void | Promise<void>;
}

export interface TableRoom {
  readonly name: string;
  readonly capabilities: TableCapabilities;
  /** A client of the table `name`, which nobody has used before. */
  open(name: string): OpenTable | Promise<OpenTable>;
  /** Laws that this room breaks, by their titles, each with the reason. They must fail, or the deviation is out of date. */
  readonly deviations?: Readonly<Record<string, string>>;
}

/**
 * The laws of a table, one test each. Every room calls this with its own client.
 *
 * - Documents (`table-documents.ts`): what each method does and refuses; versions; tables and partitions are separate.
 * - Values (`table-values.ts`): JSON of every kind comes back; hostile names are data; up to 262,144 bytes.
 * - Keys (`table-keys.ts`): what looks alike is different, 1 to 255 bytes, hostile keys are kept or refused.
 * - Queries (`table-query.ts`): in the order of UTF-8 bytes, by prefix, page by page, while others write.
 * - Conditions (`table-conditions.ts`): of many writers with one version one wins, and no addition is lost.
 * - Expiry (`table-expiry.ts`): what has expired is absent to every method.
 * - Transactions (`table-transactions.ts`): all or none, the error says which, and invariants hold across concurrent ones.
 */
export function tableSuite({ name, capabilities, open, deviations = {} }: TableRoom): void {
  const laws: Laws = {
    ...documentLaws,
    ...valueLaws,
    ...keyLaws,
    ...queryLaws,
    ...conditionLaws,
    ...expiryLaws,
    ...transactionLaws,
  };

  lawSuite<OpenTable, Laws[string]>({
    title: `table: ${name}`,
    laws,
    capabilities,
    deviations,
    run: async (law, opener) => law((await opener(open)).client, (await opener(open)).client),
  });
}
