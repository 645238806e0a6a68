import { isIPv6 } from 'node:net';
import { type Logger, pino } from 'pino';
import { loadProject } from '../config/load-project.ts';
import type { ProjectPart } from '../config/project-part.ts';
import { withoutMessage } from '../observability/redact.ts';
import { createGateway, type Gateway } from '../wiring/gateway.ts';
import type { GatewayOverrides } from '../wiring/surroundings.ts';
import { DEV_CHILD, DEV_ROUTES } from './dev.ts';

export interface StartOptions {
  readonly config: string;
  readonly port: number;
  readonly host?: string;
  /** The URL of a module of the program that runs the command: its export `ownRoutes` adds routes to the gateway. */
  readonly routes?: string | undefined;
}

/**
 * Serves until a signal stops the process. Resolves when everything is closed.
 * @throws ProjectError with all problems of the project; Error if the port can't be listened on.
 */
export async function start({ config, port, host, routes = routesOfDev() }: StartOptions): Promise<void> {
  // Before the start, because a script may stop this process as soon as it has read the URLs.
  const stopped = stopSignal();
  const logger = createLogger();
  surviveUnawaited(logger);
  const project = await (isDevChild() ? loadReporting(config) : loadProject(config));
  const own = routes === undefined ? {} : ((await import(routes)) as Pick<GatewayOverrides, 'ownRoutes'>);
  const gateway = await createGateway(project, { logger, ...(own.ownRoutes && { ownRoutes: own.ownRoutes }) });
  const address = host ?? (gateway.production ? '0.0.0.0' : 'localhost');
  try {
    await listen(gateway, port, address);
  } catch (error) {
    await gateway.close();
    throw error;
  }
  announce(gateway, address);
  if (isDevChild()) process.send?.({ port: (gateway.app.server.address() as { port: number }).port });
  await stopped;
  // No draining under `dev`, which starts the next gateway when this one has ended.
  const isDraining = !isDevChild();
  endAtLast(END_AT_LAST + (isDraining ? gateway.drainTime : 0));
  if (isDraining) await gateway.drain();
  await gateway.close();
}

/** Milliseconds after draining until the process ends: connections have 9 s, back ends and the store have the rest. */
const END_AT_LAST = 10_000;

/** Ends the process after this time if something does not close, such as an owner's adapter. */
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

/** Levels of pino, from no message (`silent`) to all. */
const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * @param text the variable LOG_LEVEL; unset or empty means `info`.
 * @throws Error for any other text.
 */
function logLevel(text: string | undefined): (typeof LEVELS)[number] {
  if (text === undefined || text === '') return 'info';
  const level = LEVELS.find((name) => name === text);
  if (level === undefined) throw new Error(`LOG_LEVEL: expected one of ${LEVELS.join(', ')}, received ${JSON.stringify(text)}`);
  return level;
}

/** Names for messages, of a flag or an option: what the port and the address are set by. */
interface Settings {
  readonly port: string;
  readonly host: string;
}

const FLAGS: Settings = { port: '--port N', host: '--host' };
const OPTIONS: Settings = { port: 'management.port', host: 'management.host' };

/** Listens for probes first: from then on they see that the process is alive. @throws Error with advice. */
async function listen({ app, management, project }: Gateway, port: number, host: string): Promise<void> {
  const own = project.config.management;
  if (management !== null && own !== undefined) {
    if (own.port === port && port !== 0) {
      throw new Error(`management.port: expected another port than the gateway's own, received ${port} for both`);
    }
    await listenAt(management, own.port, own.host ?? host, OPTIONS);
  }
  await listenAt(app, port, host, FLAGS);
}

async function listenAt(server: Gateway['app'], port: number, host: string, settings: Settings): Promise<void> {
  try {
    await server.listen({ port, host });
  } catch (error) {
    throw listenFailure(error, port, host, settings);
  }
}

/** An error of `listen`, with advice. @param port and host that were asked for. */
function listenFailure(error: unknown, port: number, host: string, settings: Settings): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new Error(`port ${port} of ${host} is in use: stop what uses it, or take another with ${settings.port}`);
    case 'EACCES':
      return new Error(`port ${port} of ${host} is not for this user: take one above 1023 with ${settings.port}`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new Error(`${settings.host}: expected a name or an address of this machine, ${host} is none (${code})`);
    default:
      return new Error(`port ${port} of ${host} can't be listened on: ${message}`);
  }
}

function announce({ app, management, project, production }: Gateway, host: string): void {
  const url = urlOf(app, host);
  const probes = management === null ? url : urlOf(management, project.config.management?.host ?? host);
  const ide = !production || project.config.production.ide;
  const lines = [
    `GraphQL      ${url}/graphql${ide ? '   (in a browser: Apollo Sandbox)' : ''}`,
    `Agents       ${url}/agent  (the agent desktop${production ? signInOf(project.config.agentDesktop) : ''})`,
    ...(ide ? [`GraphiQL     ${url}/graphiql  (works offline)`] : []),
    `Interactions ${url}/interactions  (web tag: ${url}/tag.js)`,
    `Health       ${probes}/health/ready`,
    `Metrics      ${probes}/metrics`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Where agents sign in, in production, when the issuer's settings are missing: the address alone would promise more than it keeps. */
function signInOf({ clientId, embedders }: Gateway['project']['config']['agentDesktop']): string {
  if (clientId !== undefined) return '';
  return embedders.length > 0 ? ', in pages of agentDesktop.embedders alone' : ': nobody can sign in without agentDesktop.clientId';
}

function urlOf({ server }: Gateway['app'], host: string): string {
  return `http://${hostInUrl(host)}:${(server.address() as { port: number }).port}`;
}

/** An IPv6 address in a URL has brackets (RFC 3986, section 3.2.2). A server on all addresses is also reached as localhost. */
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
    // Ctrl-C sends a signal to npm and to this process, and npm passes it on. The second signal of such a pair must not
    // interrupt the closing. A later one is from a person who does not want to wait.
    if (performance.now() - first > ONE_SIGNAL_MS) process.exit(1);
    resolve();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  if (process.connected && isDevChild()) process.once('disconnect', () => resolve());
  // The channel to `dev` must not keep this process alive.
  process.channel?.unref();
  await promise;
}

/** A process that is not the child of `dev` itself may have inherited the variable. */
function routesOfDev(): string | undefined {
  return isDevChild() ? process.env[DEV_ROUTES] : undefined;
}

function isDevChild(): boolean {
  return process.env[DEV_CHILD] !== undefined && process.send !== undefined;
}

/** Loads the project, and sends `dev` the files and folders to watch. */
async function loadReporting(config: string) {
  const parts: ProjectPart[] = [];
  const project = await loadProject(config, (part) => parts.push(part));
  process.send?.(parts);
  return project;
}
