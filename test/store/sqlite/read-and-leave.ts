import type { CustomerId } from '../../../src/model/customer.ts';
import { LongReads } from '../../../src/store/sqlite/long-reads.ts';

/** Reads on the thread for long reads, and closes nothing. */
const reads = new LongReads({ path: process.argv[2] as string, rules: { types: [], conflict: 'refuse', capacity: 50 } });
await reads.read('findAttributes', [['00000000-0000-4000-8000-000000000000' as CustomerId]]);
process.stdout.write('read\n');
