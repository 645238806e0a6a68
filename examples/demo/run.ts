import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ensureAgentDesktop } from '../../scripts/build-agent-desktop.ts';
import { checkCommandLine, runCommand } from '../../src/cli.ts';
import { prepareDemoData } from '../demo-back-ends/prepare.ts';

/**
 * Starts the demo: back ends, shop and gateway. Usage: a command line of the gateway, such as `start --port 0`.
 * A back end whose URL is set in the environment is not started. The ports are the defaults of `datasources/`; where one is
 * in use, a free one is taken.
 */
const SERVICES = [
  { name: 'orders', file: '../demo-back-ends/order-service.ts', port: 4101, variable: 'ORDERS_URL' },
  { name: 'support', file: '../demo-back-ends/ticket-service.ts', port: 4102, variable: 'SUPPORT_URL' },
];
const [SHOP_PORT, CLUB_PORT, GATEWAY_PORT] = [4201, 4202, 4000];

const argv = process.argv.slice(2);
// Nothing is started for `--help`, or for a command line with a mistake.
const exitCode = await checkCommandLine(argv);
if (exitCode !== null) process.exit(exitCode);

const children = SERVICES.filter(({ variable }) => process.env[variable] === undefined).map(({ name, file, port, variable }) => {
  const child = start(file, [String(port)]);
  return { name, variable, child, url: urlOf(child) };
});
// The shop's pages name the gateway, so its port must be known before it listens.
const gatewayPort = await portOf(argv);
const shopPort = await freePort(Number(process.env.SHOP_PORT ?? SHOP_PORT));
const clubPort = await freePort(Number(process.env.CLUB_PORT ?? CLUB_PORT));
process.env.SHOP_URL = `http://localhost:${shopPort}`;
process.env.CLUB_URL = `http://127.0.0.1:${clubPort}`;
const shop = start('../demo-shop/shop-service.ts', [shopPort, clubPort, gatewayPort].map(String));

// While the back ends start. A gateway without the desktop still serves everything else.
const built = ensureAgentDesktop(() => process.stdout.write('Building the agent desktop, once; it takes some seconds…\n')).catch(
  (error: Error) => process.stderr.write(`The agent desktop could not be built: ${error.message}\n`),
);
prepareDemoData('.data/demo');
if (process.env.REDIS_URL) await (await import('../demo-back-ends/loyalty-in-redis.ts')).fillRedis(process.env.REDIS_URL);
for (const { name, variable, child, url } of children) {
  process.env[variable] = await url;
  process.stdout.write(`Demo back end ${name.padEnd(8)} ${await url}  (stop it with: kill ${child.pid})\n`);
}
process.stdout.write(`Demo shop              ${await urlOf(shop)}  (and its customer club on ${process.env.CLUB_URL})\n`);

await built;
process.exitCode = await runCommand(argv);
for (const child of [shop, ...children.map((each) => each.child)]) if (child.connected) child.disconnect();

function start(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

async function urlOf(child: ChildProcess): Promise<string> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('a demo back end ended before it served'))),
  ]);
  return (message as { url: string }).url;
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
