/** A connection that could not be made, or was lost: what ran on it may have happened or not. Its `cause` is for the log. */
export class ConnectionLost extends Error {
  constructor(cause: Error) {
    super('the connection to the database was lost', { cause });
    this.name = 'ConnectionLost';
  }
}

/**
 * Why a connection could not be opened, of what the driver threw.
 * @returns the server's own error, or that a password is missing, as they are; otherwise `ConnectionLost`, since the server is not there.
 */
export function failureToConnect(error: Error): Error {
  if (error instanceof ConnectionLost || 'severity' in error) return error;
  // The driver has no other sign for it (pg/lib/crypto/sasl.js).
  if (error.message.includes('client password must be')) {
    return new Error('the server asks for a password: expected one in the URL or in PGPASSWORD, there is none');
  }
  return new ConnectionLost(error);
}

/** A statement that was prepared under a name is not there: a pooler gave its connection to somebody else. */
const NAMES_NOT_KEPT = new Set(['26000', '42P05']);

/** What goes away when the whole transaction is repeated. */
const TRANSIENT = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '23505', // a row that somebody else inserted meanwhile
  '55P03', // a lock that was not had in time
  '57P01', // the server shuts down
  '57P02', // it crashed
  '57P03', // it starts, or recovers
  '57P05', // an idle connection was closed
  '25006', // a standby: the database moved
  '53300', // too many connections
  ...NAMES_NOT_KEPT,
]);

/** After these the connection is closed, and the next one may reach another server. */
const ENDS_CONNECTION = new Set(['57P01', '57P02', '57P03', '57P05', '25006']);

/** @returns PostgreSQL's code of an error; null for an error that is not PostgreSQL's. */
export function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.length === 5 ? code : null;
}

/** True for an error that does not come again when the whole transaction is repeated, perhaps a little later. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof ConnectionLost || (code !== null && (TRANSIENT.has(code) || code.startsWith('08')));
}

/** True where the error says that the connection must not be used any more. */
export function endsConnection(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof ConnectionLost || (code !== null && (ENDS_CONNECTION.has(code) || code.startsWith('08')));
}

/** True where transactions waited for each other, and this one was ended for the others. */
export function isDeadlock(error: unknown): boolean {
  return codeOf(error) === '40P01';
}

/** True for a statement that was not run, because one before it in its transaction failed. */
export function isOfAbortedTransaction(error: unknown): boolean {
  return codeOf(error) === '25P02';
}

/** True where a pooler does not keep prepared statements. */
export function losesNames(error: unknown): boolean {
  return NAMES_NOT_KEPT.has(codeOf(error) ?? '');
}

/** True where the database can't be reached, rather than being busy. */
export function isOutage(error: unknown): boolean {
  return endsConnection(error) || codeOf(error) === '53300';
}
