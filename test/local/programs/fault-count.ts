// Meets five operations of the journal.
import { die, faultsFrom } from '../../../handlers/local/fault.ts';

const faults = faultsFrom(process.env);
for (let n = 0; n < 5; n++) if (faults.next('journal') === 'kill') die();
