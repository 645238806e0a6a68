import { pino } from 'pino';
import { createGateway } from '../../src/index.ts';
import { projectOf } from './project.ts';

/**
 * A gateway of the bench's project in a process of its own, so that the process that sends requests takes none of its time.
 * Usage: DIRECTORY OFFERS shared|distinct. Sends `{ url }`, and answers each message with `{ cpu }`: the milliseconds of processor
 * time, of all of its threads, since the message before. The message `hour` also lets an hour pass, so that decisions are new.
 */
const [directory = '', offers = '', shared = ''] = process.argv.slice(2);
const HOUR = 3_600_000;
let ahead = 0;
const gateway = await createGateway(projectOf(directory, Number(offers), shared === 'shared'), {
  variables: { GATEWAY_SECRET: 'a secret of the bench, which is long enough' },
  logger: pino({ level: 'silent' }),
  now: () => new Date(Date.now() + ahead),
});
const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
let last = process.cpuUsage();
process.on('message', (message) => {
  if (message === 'hour') ahead += HOUR;
  const { user, system } = process.cpuUsage(last);
  last = process.cpuUsage();
  process.send?.({ cpu: (user + system) / 1_000 });
});
process.once('disconnect', () => void gateway.close());
process.send?.({ url });
