import { pino } from 'pino';
import { createGateway, loadProject } from '../../../src/index.ts';
import { report } from './report.ts';

/** This gateway, as `start` runs it for `../project`. Its log is written, and discarded. */
const configFile = process.env.PROJECT ?? new URL('../project/gateway.config.ts', import.meta.url).pathname;
const gateway = await createGateway(await loadProject(configFile), { logger: pino({ level: 'info' }, pino.destination('/dev/null')) });
await gateway.app.listen({ port: 0, host: '127.0.0.1' });
report((gateway.app.server.address() as { port: number }).port);
