/**
 * `say`, called at most once in `interval`. Calls in between are dropped: for a log line about something that may happen often.
 * @param interval milliseconds. @param time returns milliseconds.
 */
export function quietly<Arguments extends unknown[]>(
  say: (...args: Arguments) => void,
  interval = 10_000,
  time: () => number = () => performance.now(),
): (...args: Arguments) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (...args) => {
    const at = time();
    if (at - saidAt < interval) return;
    saidAt = at;
    say(...args);
  };
}
