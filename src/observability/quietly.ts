/**
 * `say`, called at most once in `interval`. Calls in between are dropped: for a log line about something that may happen often.
 * @param interval milliseconds; 10 s when left out.
 */
export function quietly<Arguments extends unknown[]>(say: (...args: Arguments) => void, interval = 10_000): (...args: Arguments) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (performance.now() - saidAt < interval) return;
    saidAt = performance.now();
    say(...args);
  };
}
