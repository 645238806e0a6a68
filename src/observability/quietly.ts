/** Milliseconds between two calls that are passed on. */
const QUIET = 10_000;

/** `say`, called at most once in 10 s. Calls in between are dropped: for a log line about something that may happen very often. */
export function quietly<Arguments extends unknown[]>(say: (...args: Arguments) => void): (...args: Arguments) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (performance.now() - saidAt < QUIET) return;
    saidAt = performance.now();
    say(...args);
  };
}
