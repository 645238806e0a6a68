import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/cli.ts';
import { prepareDemoData } from './prepare.ts';

/** What `datasources/` expects when it is told nothing else; a free port is taken where one is in use. */
const SERVICES = [
  { name: 'orders', file: './order-service.ts', port: 4101, variable: 'ORDERS_URL' },
  { name: 'support', file: './ticket-service.ts', port: 4102, variable: 'SUPPORT_URL' },
];

const children = SERVICES.filter(({ variable }) => process.env[variable] === undefined).map(({ name, file, port, variable }) => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [String(port)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return { name, variable, child, url: urlOf(child) };
});
prepareDemoData('.data/demo');
if (process.env.REDIS_URL) await (await import('./loyalty-in-redis.ts')).fillRedis(process.env.REDIS_URL);
for (const { name, variable, child, url } of children) {
  process.env[variable] = await url;
  process.stdout.write(`Demo back end ${name.padEnd(8)} ${await url}  (stop it with: kill ${child.pid})\n`);
}

process.exitCode = await runCommand(process.argv.slice(2));
for (const { child } of children) if (child.connected) child.disconnect();

async function urlOf(child: ChildProcess): Promise<string> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('a demo back end ended before it served'))),
  ]);
  return (message as { url: string }).url;
}
