import { CLOCK_TOLERANCE, type Viewer } from '../../model/viewer.ts';

/** The longest delay of a timer in Node; with a longer one it fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls `action` when the viewer's token expires; never without a token. A token that was accepted after its expiry, because
 * the issuer's clock may differ, is valid for the rest of that tolerance.
 * @returns a function that cancels this.
 */
export function afterExpiry({ claims }: Viewer, now: () => Date, action: () => void): () => void {
  const { exp } = claims;
  if (typeof exp !== 'number') return () => {};
  const end = (now().getTime() < exp * 1_000 ? exp : exp + CLOCK_TOLERANCE) * 1_000;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = end - now().getTime();
    if (left <= 0) action();
    else timer = setTimeout(wait, Math.min(left, MAX_TIMER_MS)).unref();
  };
  timer = setTimeout(wait, 0).unref();
  return () => clearTimeout(timer);
}
