/** Milliseconds in which the same is said once. */
const QUIET = 10_000;

/** Says something once in a while, not once for each time that it happens. */
export function quietly<Arguments extends unknown[]>(say: (...args: Arguments) => void): (...args: Arguments) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (performance.now() - saidAt < QUIET) return;
    saidAt = performance.now();
    say(...args);
  };
}
