import type { CaptureSession } from '../capture/capture-session.ts';
import type { Evidence } from '../model/evidence.ts';
import { type CookieServices, isInGrace } from './settle-cookies.ts';

/**
 * Ends a long-lived connection when one of its cookies is replaced. A cookie that was replaced before the connection opened
 * is not watched: beside a token or another cookie it counts for nothing. When the request has nothing else, and the browser
 * may still be receiving the successor, the connection is ended at once, so that the client connects again with it.
 * @param cookies of the request that opened the connection.
 * @returns a function that stops watching.
 */
export async function watchCookies(
  { rotations, now }: CookieServices,
  session: CaptureSession,
  cookies: readonly Evidence[],
  end: () => void,
): Promise<() => void> {
  // Before the read, so that no rotation between the two is missed.
  const stop = rotations.watch(cookies, end);
  const retired = await rotations.retiredOf(cookies);
  session.watched = cookies.filter((_, index) => retired[index] === null);
  if (session.watched.length === cookies.length) return stop;
  stop();
  const isFresh = retired.some((cookie) => cookie !== null && isInGrace(cookie.retiredAt, now()));
  if (isFresh && session.watched.length === 0 && !session.request.viewer.authenticated) end();
  return rotations.watch(session.watched, end);
}
