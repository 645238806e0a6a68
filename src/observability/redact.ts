/** Written to the log in place of an identifier. */
const HIDDEN = '[redacted]';
/** Characters. Shorter values identify nobody, and hiding them would make the message unreadable. */
const MIN_LENGTH = 3;
/** Values. Each is searched for in the message, so with more than these the message is left out. */
const MAX_VALUES = 5_000;

/** An error without identifiers, for the log. Drivers quote values and URLs in their messages, and these may hold personal data. */
export interface LoggableError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggableError;
}

/**
 * The error without identifiers: each is replaced by `[redacted]`, as it is and percent-encoded.
 * @param identifiers values that must not be in the log, for example the keys of the failed call. With more than `MAX_VALUES`,
 * the message is left out, and the log has only where the error was thrown.
 */
export function loggable(error: unknown, identifiers: readonly string[]): LoggableError {
  const distinct = new Set(identifiers.filter((value) => value.length >= MIN_LENGTH));
  if (distinct.size > MAX_VALUES) return withoutMessage(error);
  const values = [...new Set([...distinct].flatMap((value) => [value, encodeURIComponent(value.toWellFormed())]))].sort(
    (a, b) => b.length - a.length,
  );
  const clean = (text: string) => values.reduce((cleaned, value) => cleaned.replaceAll(value, HIDDEN), text);
  return hide(error, clean, clean);
}

/** The same where identifiers are not known: without messages, which may quote them. */
export function withoutMessage(error: unknown): LoggableError {
  return hide(error, () => HIDDEN, framesOf);
}

/** The lines of a stack that say where an error was thrown, without its message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n');
}

/** Causes of causes. Code may make a circle of them. */
const MAX_CAUSES = 5;

function hide(
  error: unknown,
  clean: (message: string) => string,
  cleanStack: (stack: string) => string,
  causes = MAX_CAUSES,
): LoggableError {
  if (!(error instanceof Error)) return { name: 'NonError', message: clean(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: cleanStack(error.stack) }),
    ...(error.cause !== undefined && causes > 0 && { cause: hide(error.cause, clean, cleanStack, causes - 1) }),
  };
}
