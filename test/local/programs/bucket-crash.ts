// Performs operations 1, 2, … on the bucket in the folder given, and tells before and after each: `begin 1`, `done 1`.
import { writeSync } from 'node:fs';
import { openBuckets } from '../../../handlers/local/bucket.ts';
import { faultsFrom } from '../../../handlers/local/fault.ts';
import { operation, perform } from './bucket-operations.ts';

const [folder = '', last = ''] = process.argv.slice(2);
const buckets = openBuckets({ folder, fault: faultsFrom(process.env), sweep: true });
const bucket = buckets.bucket('crash');
for (let n = 1; n <= Number(last); n++) {
  writeSync(1, `begin ${n}\n`);
  await perform(bucket, operation(n));
  writeSync(1, `done ${n}\n`);
}
buckets.close();
