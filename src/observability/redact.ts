/** What stands in a log where an identifier was. */
const HIDDEN = '[redacted]';
/** Shorter values would blank out half the message, and name nobody on their own. */
const MIN_LENGTH = 3;
/** With more values than these, each of which is looked for, the whole message is left out instead. */
const MAX_VALUES = 5_000;

/** An error as it may be logged: drivers quote values and URLs in their messages, and those are somebody's. */
export interface LoggableError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggableError;
}

/**
 * @param identifiers values that must not be in the log, for example the keys of the failed call. Each is looked for as it
 * is and percent-encoded. With thousands of them the log has no message, only where the error was thrown.
 */
export function loggable(error: unknown, identifiers: readonly string[]): LoggableError {
  const distinct = new Set(identifiers.filter((value) => value.length >= MIN_LENGTH));
  if (distinct.size > MAX_VALUES) return hide(error, () => HIDDEN, framesOf);
  const values = [...new Set([...distinct].flatMap((value) => [value, encodeURIComponent(value.toWellFormed())]))].sort(
    (a, b) => b.length - a.length,
  );
  const clean = (text: string) => values.reduce((cleaned, value) => cleaned.replaceAll(value, HIDDEN), text);
  return hide(error, clean, clean);
}

/** The lines of a stack that say where, and not what. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n');
}

function hide(error: unknown, clean: (message: string) => string, cleanStack: (stack: string) => string): LoggableError {
  if (!(error instanceof Error)) return { name: 'NonError', message: clean(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: cleanStack(error.stack) }),
    ...(error.cause !== undefined && { cause: hide(error.cause, clean, cleanStack) }),
  };
}
