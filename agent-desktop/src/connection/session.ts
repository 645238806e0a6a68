/** What an agent signed in with. */
export interface Grant {
  readonly token: string;
  /** ISO 8601; null where only the gateway knows when it is over. */
  readonly expiresAt: string | null;
}

/** Who is signed in. The token is in memory, and in `sessionStorage`, which is gone with the tab. */
export interface Session {
  readonly token: () => string | null;
  readonly expiresAt: () => Date | null;
  readonly signedIn: (grant: Grant) => void;
  /** Gets a new token when the old one is refused or nearly over. @returns false when there is none, or the agent signed out meanwhile. */
  readonly renewed: () => Promise<boolean>;
  /** As `renewed` for a token that is refused: without a new one the session is over. */
  readonly renewedOrOver: () => Promise<boolean>;
  /** How often somebody signed out here. What began before a sign-out belongs to that agent, and not to who signed in after it. */
  readonly signOuts: () => number;
  /** Forgets the token, because it is over. */
  readonly signOut: () => void;
  /** The agent signs out: also where they signed in, when that is possible. */
  readonly leave: () => void;
  /** True once the agent has signed out; false while the token is only over. */
  readonly hasLeft: () => boolean;
  /** How a new token is got; null when it cannot. Set by the way in which the agent signed in. */
  renew: (() => Promise<boolean>) | null;
  /** What says to the issuer that the agent signs out; null for none. */
  ending: (() => void) | null;
  readonly subscribe: (listener: () => void) => () => void;
}

const KEPT_AS = 'agent-desktop.token';

export interface SessionOptions {
  /** Null in a frame: the page around it sends a token each time. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
  readonly now?: () => number;
}

export function openSession({ storage, now = Date.now }: SessionOptions): Session {
  const listeners = new Set<() => void>();
  let current = readKept(storage, now);
  let hasLeft = false;
  let renewing: Promise<boolean> | null = null;
  let signOuts = 0;
  const set = (next: Grant | null) => {
    current = next;
    if (next === null) {
      signOuts++;
      renewing = null;
      storage?.removeItem(KEPT_AS);
    } else storage?.setItem(KEPT_AS, JSON.stringify(next));
    for (const listener of listeners) listener();
  };
  const session: Session = {
    token: () => current?.token ?? null,
    expiresAt: () => (current?.expiresAt ? new Date(current.expiresAt) : null),
    signedIn: (grant) => {
      hasLeft = false;
      set(grant);
    },
    hasLeft: () => hasLeft,
    renewed: () => {
      // Many requests are refused at the same time when a token is over: it is renewed once for all.
      if (renewing !== null) return renewing;
      const before = signOuts;
      const own = (session.renew?.() ?? Promise.resolve(false))
        .catch(() => false)
        .then((isRenewed) => isRenewed && signOuts === before)
        .finally(() => {
          if (renewing === own) renewing = null;
        });
      renewing = own;
      return own;
    },
    renewedOrOver: async () => {
      const before = signOuts;
      if (await session.renewed()) return true;
      if (signOuts === before) session.signOut();
      return false;
    },
    signOuts: () => signOuts,
    signOut: () => current !== null && set(null),
    leave: () => {
      hasLeft = true;
      set(null);
      session.ending?.();
    },
    renew: null,
    ending: null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return session;
}

function readKept(storage: SessionOptions['storage'], now: () => number): Grant | null {
  try {
    const kept = JSON.parse(storage?.getItem(KEPT_AS) ?? 'null') as Grant | null;
    if (typeof kept?.token !== 'string') return null;
    return kept.expiresAt !== null && Date.parse(kept.expiresAt) <= now() ? null : kept;
  } catch {
    return null;
  }
}
