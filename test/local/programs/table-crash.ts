// Performs operations 1, 2, … on a table in the file given, and tells before and after each: `begin 1`, `done 1`.
import { writeSync } from 'node:fs';
import { faultsFrom } from '../../../handlers/local/fault.ts';
import { openTables } from '../../../handlers/local/table.ts';
import { perform } from './table-operations.ts';

const [file = '', last = ''] = process.argv.slice(2);
const tables = openTables({ file, fault: faultsFrom(process.env) });
const table = tables.table('crash');
for (let n = 1; n <= Number(last); n++) {
  writeSync(1, `begin ${n}\n`);
  await perform(table, n);
  writeSync(1, `done ${n}\n`);
}
tables.close();
