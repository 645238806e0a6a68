import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { canReach } from './wanted-stores.ts';

const PORTS = { PostgreSQL: 5432, MariaDB: 3306, Redis: 6379 } as const;
export type Service = keyof typeof PORTS;

const missing = new Set<Service>();
for (const service of Object.keys(PORTS) as Service[]) if (!(await canReach(PORTS[service]))) missing.add(service);

/** True when tests of this service are skipped: when it can't be reached, and never in CI. */
export function isMissing(service: Service): boolean {
  return missing.has(service) && process.env.CI === undefined;
}

/** The service's name for a test's title, with the reason when the test is skipped. */
export function naming(service: Service): string {
  return isMissing(service) ? `${service} (skipped: it cannot be reached)` : service;
}

/** A name that no other run of the tests uses. */
export function ownName(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

/** Starts an HTTP server on loopback, until the test is over. @returns its URL. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(async (request, response) => {
    try {
      await listener(request, response);
    } catch (error) {
      // Clients of some tests end the connection within a request.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/**
 * A port on loopback without a listener, until the test is over. It is the local port of an open connection, so that no other
 * process gets it.
 */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(client, 'connect');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return client.localPort as number;
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
