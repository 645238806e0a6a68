import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ensureAgentDesktop } from '../../scripts/build-agent-desktop.ts';
import { checkCommandLine, runCommand } from '../../src/cli.ts';
import { prepareDemoData } from '../demo-back-ends/prepare.ts';
import { urlOf } from './back-ends/started-service.ts';
import { BackEnds } from './back-ends.ts';
import { serveControl } from './control-service.ts';
import { Feed } from './feed.ts';
import { CONTROL_KEY, CONTROL_URL } from './gateway-routes.ts';
import { isNewStore, sendInventedWeek } from './send-week.ts';
import { type MakeToken, openTokens } from './tokens.ts';

/**
 * Starts the demo: back ends, shop, first page and gateway. Usage: a command line of the gateway, such as `start --port 0`.
 * A back end whose URL is set in the environment is not started. The ports are the defaults of `datasources/`; where one is
 * in use, a free one is taken. The files of the back ends are in `.data/demo`, or in the folder that DEMO_FOLDER names.
 */
const VARIABLES = new Map([
  ['orders', 'ORDERS_URL'],
  ['support', 'SUPPORT_URL'],
]);
const [SHOP_PORT, CLUB_PORT, GATEWAY_PORT] = [4201, 4202, 4000];
/** As in `gateway.config.ts`. */
const STORE = process.env.DATABASE_URL ?? 'sqlite:.data/gateway.db';

const argv = process.argv.slice(2);
// Nothing is started for `--help`, or for a command line with a mistake.
const exitCode = await checkCommandLine(argv);
if (exitCode !== null) process.exit(exitCode);

const hasNewStore = await isNewStore(STORE);
const folder = process.env.DEMO_FOLDER ?? '.data/demo';
const backEnds = BackEnds.start(folder);
// For `datasources/`, and for the shop, which reads the catalogue, too.
process.env.CRM_URL ??= `sqlite:${folder}/crm.db`;
process.env.CATALOG_PATH ??= `${folder}/products.csv`;
process.env.LOYALTY_PATH ??= `${folder}/loyalty.json`;
// The shop's pages name the gateway, so its port must be known before it listens.
const gatewayPort = await portOf(argv);
const shopPort = await freePort(Number(process.env.SHOP_PORT ?? SHOP_PORT));
const clubPort = await freePort(Number(process.env.CLUB_PORT ?? CLUB_PORT));
const gatewayUrl = `http://localhost:${gatewayPort}`;
process.env.SHOP_URL = `http://localhost:${shopPort}`;
process.env.CLUB_URL = `http://127.0.0.1:${clubPort}`;
process.stdout.write(`Demo first page        ${gatewayUrl}/  (begin here, as soon as the gateway serves)\n`);
const shop = startShop([shopPort, clubPort, gatewayPort]);

// While the back ends start. A gateway without the desktop still serves everything else.
const built = ensureAgentDesktop(() => process.stdout.write('Building the agent desktop, once; it takes some seconds…\n')).catch(
  (error: Error) => process.stderr.write(`The agent desktop could not be built: ${error.message}\n`),
);
prepareDemoData(folder);
if (process.env.REDIS_URL) {
  // Without its Redis the demo has no loyalty points, and each replica works on its own.
  const { fillRedis } = await import('../demo-back-ends/loyalty-in-redis.ts');
  await fillRedis(process.env.REDIS_URL).catch((error: Error) =>
    process.stderr.write(`The loyalty points could not be written to the Redis of REDIS_URL: ${error.message}\n`),
  );
}
for (const service of backEnds.services.filter(({ canSwitch }) => canSwitch)) {
  const url = await service.url;
  process.env[VARIABLES.get(service.name) as string] = url;
  process.stdout.write(`Demo back end ${service.name.padEnd(8)} ${url}  (stop it on the first page, or with: kill ${service.pid})\n`);
}
process.stdout.write(`Demo shop              ${await urlOf(shop)}  (and its customer club on ${process.env.CLUB_URL})\n`);

const feed = new Feed(gatewayUrl, openTokens);
const links = { gateway: gatewayUrl, shop: process.env.SHOP_URL, club: process.env.CLUB_URL };
process.env[CONTROL_KEY] = randomBytes(16).toString('hex');
const control = await serveControl(process.env[CONTROL_KEY], links, backEnds, feed);
process.env[CONTROL_URL] = control.url;
// What was invented for the time before is no news: it is stored before the first page listens.
const before = hasNewStore ? (makeToken: MakeToken) => sendInventedWeek(gatewayUrl, links, makeToken) : undefined;
void feed.follow(before);

await built;
process.exitCode = await runCommand(argv, { routes: new URL('gateway-routes.ts', import.meta.url).href });
feed.end();
await Promise.all([control.close(), backEnds.close()]);
if (shop.connected) shop.disconnect();

function startShop(ports: readonly number[]): ChildProcess {
  const file = fileURLToPath(new URL('../demo-shop/shop-service.ts', import.meta.url));
  return fork(file, ports.map(String), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** The port on which the gateway will listen. For 0, a free port is chosen and written into `args`. */
async function portOf(args: string[]): Promise<number> {
  const at = args.indexOf('--port') + 1;
  const asked = Number(at === 0 ? (process.env.PORT ?? GATEWAY_PORT) : args[at]);
  if (asked !== 0) return asked;
  const port = await freePort(0);
  args.splice(at === 0 ? args.length : at - 1, at === 0 ? 0 : 2, '--port', String(port));
  return port;
}

/**
 * The port that was asked for; for 0, or where that port is in use, another. The service listens on it only later. So the
 * other port is below the range from which operating systems give out ports (RFC 6335): no other process gets it meanwhile.
 */
async function freePort(asked: number): Promise<number> {
  const port = asked === 0 ? 10_000 + Math.floor(Math.random() * 20_000) : asked;
  const server = createServer();
  server.listen(port, 'localhost');
  try {
    await once(server, 'listening');
  } catch {
    return freePort(0);
  }
  server.close();
  await once(server, 'close');
  return port;
}
