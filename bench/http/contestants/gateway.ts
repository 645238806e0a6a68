import { pino } from 'pino';
import { createGateway, loadProject } from '../../../src/index.ts';
import { report } from './report.ts';

/** This gateway, as `start` runs it for the project beside; its log goes where it costs the writing and nothing else. */
const configFile = process.env.PROJECT ?? new URL('../project/gateway.config.ts', import.meta.url).pathname;
const gateway = await createGateway(await loadProject(configFile), { logger: pino({ level: 'info' }, pino.destination('/dev/null')) });
await gateway.app.listen({ port: 0, host: '127.0.0.1' });
report((gateway.app.server.address() as { port: number }).port);
