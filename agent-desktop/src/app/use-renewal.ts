import { useEffect, useSyncExternalStore } from 'react';
import type { Session } from '../connection/session.ts';

/** Milliseconds before the end of a token: enough for a slow issuer. */
const EARLIER = 60_000;
/** The longest wait that timers of browsers know. */
const LONGEST = 2_147_483_647;

/** Renews the token a minute before it is over, so that nobody notices; where that fails, the next request says so. */
export function useRenewal(session: Session): void {
  const token = useSyncExternalStore(session.subscribe, session.token);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new token has a new end
  useEffect(() => {
    const expiresAt = session.expiresAt();
    if (expiresAt === null) return;
    const left = expiresAt.getTime() - Date.now();
    // A short token is renewed in the last quarter of its time.
    const timer = setTimeout(() => void session.renewed(), Math.min(Math.max(left - EARLIER, left * 0.75), LONGEST));
    return () => clearTimeout(timer);
  }, [session, token]);
}
