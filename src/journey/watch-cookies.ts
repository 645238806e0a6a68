import type { CaptureSession } from '../capture/capture-session.ts';
import type { Evidence } from '../model/evidence.ts';
import { type CookieServices, isInGrace } from './settle-cookies.ts';

/**
 * Ends a connection that stays open once a cookie that it was opened with is replaced. One that was replaced before is
 * not watched: beside a token or another cookie it does not count, and alone it ends the connection while its successor is
 * on its way.
 * @returns what takes that back.
 */
export async function watchCookies(
  { rotations, now }: CookieServices,
  session: CaptureSession,
  cookies: readonly Evidence[],
  end: () => void,
): Promise<() => void> {
  // Watched before the store is read, so that a rotation between the two is not missed.
  const stop = rotations.watch(cookies, end);
  const retired = await rotations.retiredOf(cookies);
  session.watched = cookies.filter((_, index) => retired[index] === null);
  if (session.watched.length === cookies.length) return stop;
  stop();
  const isFresh = retired.some((cookie) => cookie !== null && isInGrace(cookie.retiredAt, now()));
  if (isFresh && session.watched.length === 0 && !session.request.viewer.authenticated) end();
  return rotations.watch(session.watched, end);
}
