import { CLOCK_TOLERANCE, type Viewer } from '../model/viewer.ts';

/** The longest that a timer of Node can be; one that is longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Does something when the viewer's token expires; never without one. A token that is taken although it has expired, because
 * the issuer's clock may be another, has the rest of that tolerance.
 * @returns what takes that back.
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
