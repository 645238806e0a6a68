import { isIPv6 } from 'node:net';
import { type Logger, pino } from 'pino';
import { loadProject } from '../config/load-project.ts';
import type { ProjectPart } from '../config/project-part.ts';
import { withoutMessage } from '../observability/redact.ts';
import { createGateway, type Gateway } from '../wiring/gateway.ts';
import { DEV_CHILD } from './dev.ts';
import { listenFailure } from './listen-failure.ts';
import { logLevel } from './log-level.ts';

export interface StartOptions {
  readonly config: string;
  readonly port: number;
  readonly host?: string;
}

/** Serves until the process is told to stop; resolves when everything is closed. */
export async function start({ config, port, host }: StartOptions): Promise<void> {
  // From the beginning: a script may stop this process as soon as it has read the URLs.
  const stopped = stopSignal();
  const logger = createLogger();
  surviveUnawaited(logger);
  const gateway = await createGateway(await (isDevChild() ? loadReporting(config) : loadProject(config)), { logger });
  const address = host ?? (gateway.production ? '0.0.0.0' : 'localhost');
  try {
    await gateway.app.listen({ port, host: address });
  } catch (error) {
    await gateway.close();
    throw listenFailure(error, port, address);
  }
  announce(gateway, address);
  if (isDevChild()) process.send?.({ port: (gateway.app.server.address() as { port: number }).port });
  await stopped;
  // No draining for `dev`: it starts the next gateway as soon as this one has ended.
  const isDraining = !isDevChild();
  endAtLast(END_AT_LAST + (isDraining ? gateway.drainTime : 0));
  if (isDraining) await gateway.drain();
  await gateway.close();
}

/** Milliseconds after draining in which everything has ended: connections have 9 s, the rest is for back ends and the store. */
const END_AT_LAST = 10_000;

/** Ends the process where something does not close, such as an owner's adapter. */
function endAtLast(milliseconds: number): void {
  const end = () => {
    process.stderr.write(`start: something did not close within ${milliseconds / 1_000} s of the signal; the process is ended\n`);
    process.exit(1);
  };
  setTimeout(end, milliseconds).unref();
}

/** Code of the project may leave a promise that fails. Node.js would end the process, and with it every other request. */
function surviveUnawaited(logger: Logger): void {
  process.on('unhandledRejection', (error) =>
    logger.error(
      { err: withoutMessage(error) },
      'a promise failed that no code awaited; its message is left out, since it may have personal data',
    ),
  );
}

/** Logs in colour on a terminal, and JSON lines otherwise. */
function createLogger() {
  const level = logLevel(process.env.LOG_LEVEL);
  return process.stdout.isTTY
    ? pino({ level, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
    : pino({ level });
}

function announce({ app, project, production }: Gateway, host: string): void {
  const { port } = app.server.address() as { port: number };
  const url = `http://${hostInUrl(host)}:${port}`;
  const ide = !production || project.config.production.ide;
  const lines = [
    `GraphQL      ${url}/graphql${ide ? '   (in a browser: Apollo Sandbox)' : ''}`,
    ...(ide ? [`GraphiQL     ${url}/graphiql  (works offline)`] : []),
    `Interactions ${url}/interactions  (web tag: ${url}/tag.js)`,
    `Health       ${url}/health/ready`,
    `Metrics      ${url}/metrics`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** An address of version 6 stands in brackets (RFC 3986, section 3.2.2). What listens everywhere is reached as localhost, too. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}

/** Milliseconds in which repeated signals count as one. */
const ONE_SIGNAL_MS = 1_000;

async function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let first = Number.POSITIVE_INFINITY;
  const onSignal = () => {
    first = Math.min(first, performance.now());
    // Ctrl-C reaches npm and this process, and npm passes it on: of a pair like that the second must not end what is
    // closing. One that comes later is from somebody who has lost patience.
    if (performance.now() - first > ONE_SIGNAL_MS) process.exit(1);
    resolve();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  if (process.connected && isDevChild()) process.once('disconnect', () => resolve());
  // The channel to `dev` must not keep this process alive.
  process.channel?.unref();
  await promise;
}

function isDevChild(): boolean {
  return process.env[DEV_CHILD] !== undefined;
}

/** Reports to `dev` which files and folders to watch. */
async function loadReporting(config: string) {
  const parts: ProjectPart[] = [];
  const project = await loadProject(config, (part) => parts.push(part));
  process.send?.(parts);
  return project;
}
