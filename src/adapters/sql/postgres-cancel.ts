import { once } from 'node:events';
import type { Connection, PoolClient } from 'pg';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const QUERY_CANCELED = '57014';

/** True for the error with which a cancelled statement ends. */
export function isCanceled(error: unknown): boolean {
  return (error as { code?: unknown }).code === QUERY_CANCELED;
}

/** What the driver has for cancel requests; its types leave it out. */
interface CancelParameters {
  readonly ssl: unknown;
  readonly sslNegotiation: string;
  /** With `secretKey` what the server gave at the start of the connection; null if it gave none. */
  readonly processID: number | null;
  readonly secretKey: number | null;
}
interface CancelConnection extends Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
type CancelConnectionClass = new (options: Pick<CancelParameters, 'ssl' | 'sslNegotiation'>) => CancelConnection;

/**
 * Has the server cancel the statement that the client runs. Resolves when the server has closed the connection that the
 * request needs; it gives no other answer. Poolers such as PgBouncer forward the request. A `statement_timeout` they refuse
 * at the start of a connection, or leave set for their other clients.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 * @throws Error when the server can't be reached, or when the signal aborts.
 */
export async function cancelStatement(client: PoolClient, signal: AbortSignal): Promise<void> {
  const { ssl, sslNegotiation, processID, secretKey } = client as unknown as CancelParameters;
  if (processID === null || secretKey === null) return;
  const { default: pg } = await import('pg');
  const connection = new (pg.Connection as unknown as CancelConnectionClass)({ ssl, sslNegotiation });
  const cancel = () => connection.cancel(processID, secretKey);
  connection.on('sslconnect', cancel);
  connection.on('connect', () => {
    if (!ssl) cancel();
    // In the other kind TLS begins without a request.
    else if (sslNegotiation !== 'direct') connection.requestSsl();
  });
  // There may be more errors than the one that `once` waits for.
  connection.on('error', () => {});
  const { host, port } = client;
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  try {
    await once(connection, 'end', { signal });
  } finally {
    connection.stream.destroy();
  }
}
