/** Written to the log in place of an identifier. */
const HIDDEN = '[redacted]';
/** Characters. Shorter values identify nobody, and hiding them would make the message unreadable. */
const MIN_LENGTH = 3;

/** An error without identifiers, for the log. Drivers quote values and URLs in their messages, and these may hold personal data. */
export interface LoggableError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggableError;
}

/**
 * The error with every identifier replaced by `[redacted]`, also where it is URL-encoded.
 * @param identifiers values that must not be in the log, for example the keys of the failed call.
 */
export function loggable(error: unknown, identifiers: readonly string[]): LoggableError {
  const values = [...new Set(identifiers.flatMap((value) => [value, encodeURIComponent(value.toWellFormed())]))]
    .filter((value) => value.length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  const clean = (text: string) => values.reduce((cleaned, value) => cleaned.replaceAll(value, HIDDEN), text);
  if (!(error instanceof Error)) return { name: 'NonError', message: clean(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: clean(error.stack) }),
    ...(error.cause !== undefined && { cause: loggable(error.cause, identifiers) }),
  };
}
