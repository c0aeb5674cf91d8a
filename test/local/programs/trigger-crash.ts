// Opens the room in the folder given, sends so many messages, puts so many objects, and waits to be killed.
import { writeSync } from 'node:fs';
import { open } from '../../../handlers/local/dev.ts';
import triggered, { jobs, photos } from './triggered.ts';

const [data = '', messages = '0', objects = '0'] = process.argv.slice(2);
const room = await open(triggered, { data });
const clients = room.clients({ jobs: jobs.write, photos: photos.write });
await clients.jobs.sendBatch(Array.from({ length: Number(messages) }, (_, n) => ({ message: n, key: `m${n}` })));
for (let n = 1; n <= Number(objects); n++) await clients.photos.put(`photo-${n}`, 'x'.repeat(n));
writeSync(1, 'sent\n');
