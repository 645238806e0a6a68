/** Written to the log in place of an identifier. */
const HIDDEN = '[redacted]';
/** Characters. Shorter values identify nobody, and hiding them would make the message unreadable. */
const MIN_LENGTH = 3;
/** Values. Each is searched for in the message, so with more than these the message is left out. */
export const MAX_VALUES = 5_000;
/** Causes of one error in the log: a chain of causes may be endless, or a cycle. */
const MAX_CAUSES = 5;

/** An error without identifiers, for the log. Drivers quote values and URLs in their messages, and these may hold personal data. */
export interface LoggableError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggableError;
}

/**
 * The error without identifiers: each is replaced by `[redacted]`, as it is and percent-encoded, in upper and lower case,
 * because sources and databases may quote it in another case.
 * @param identifiers values that must not be in the log, for example the keys of the failed call. With more than `MAX_VALUES`,
 * the message is left out, and the log has only where the error was thrown.
 */
export function loggable(error: unknown, identifiers: readonly string[]): LoggableError {
  const distinct = new Set(identifiers.filter((value) => value.length >= MIN_LENGTH));
  if (distinct.size > MAX_VALUES) return withoutMessage(error);
  const values = [...new Set([...distinct].flatMap((value) => [value, encodeURIComponent(value.toWellFormed())]))].sort(
    (a, b) => b.length - a.length,
  );
  const clean = (text: string) => {
    const lower = text.toLowerCase();
    // A regular expression is made only where it finds something: there may be thousands of values.
    const found = values.filter((value) => text.includes(value) || lower.includes(value.toLowerCase()));
    return found.reduce((cleaned, value) => cleaned.replaceAll(new RegExp(RegExp.escape(value), 'giu'), HIDDEN), text);
  };
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

function hide(error: unknown, clean: (text: string) => string, cleanStack: (stack: string) => string, causes = MAX_CAUSES): LoggableError {
  if (!(error instanceof Error)) return { name: 'NonError', message: clean(textOf(error)) };
  const { code, stack, cause } = error as Error & { code?: unknown };
  return {
    name: textOf(error.name),
    message: clean(textOf(error.message)),
    ...(typeof code === 'string' && { code }),
    ...(typeof stack === 'string' && { stack: cleanStack(stack) }),
    ...(cause !== undefined && causes > 0 && { cause: hide(cause, clean, cleanStack, causes - 1) }),
  };
}

/** Owners' code may throw any value, also one that can't be made a text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value without a text';
  }
}
