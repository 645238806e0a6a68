import { codeOf } from './errors.ts';

/** insufficient_privilege: the role may not do this. */
const NOT_ALLOWED = '42501';

/**
 * What an operator reads when a command can't use the database: which one, and why. A request's error has neither.
 * @param name the database's, without a password.
 */
export function openFailure(name: string, error: unknown): Error {
  const advice =
    codeOf(error) === NOT_ALLOWED
      ? '; run migrate once with the URL of a role that may make tables, and grant this role select, insert, update and delete on all of them'
      : '';
  return new Error(`the store ${name} can't be used: ${reasonOf(error)}${advice}`, { cause: error });
}

/** The innermost cause. It is the driver's or the server's, and has no password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  // A host with several addresses, none of which answers.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error.message || error.name;
}
