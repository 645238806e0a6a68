import { useEffect, useState } from 'react';
import type { Session } from '../connection/session.ts';
import { type Embedder, listenToEmbedder } from '../embed/embed.ts';
import type { DesktopSettings } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';

/** What the desk knows of the page around its frame. */
export interface EmbeddedIn {
  readonly send: Embedder['send'];
  /** Says that a customer is confirmed, once for each confirmation, however often the customer is shown. @param at when it was. */
  readonly confirmed: (customerId: string, method: string, at: string) => void;
  /** Calls back with each customer whom the page wants to be opened, also with one that it named before there was a desk. */
  readonly onOpen: (open: (question: OpenQuestion) => void) => () => void;
}

/** Milliseconds that a page has to send a new token, when the old one is over. */
const PATIENCE = 15_000;

/** Customers whose last confirmation is remembered: more than an agent confirms in the hours that a frame is open. */
const MOST_CONFIRMED = 1_000;

/** Speaks with the page around the frame. @param settings null where there is no frame, or nothing is known yet. */
export function useEmbedder(settings: DesktopSettings | null, session: Session): EmbeddedIn | null {
  const [embedded, setEmbedded] = useState<EmbeddedIn | null>(null);
  useEffect(() => {
    if (settings === null) return;
    let early: OpenQuestion | null = null;
    let listener: ((question: OpenQuestion) => void) | null = null;
    const embedder = listenToEmbedder({
      embedders: settings.embedders,
      setToken: (token) => session.signedIn({ token, expiresAt: null }),
      open: (question) => {
        if (listener === null) early = question;
        else listener(question);
      },
    });
    // The page learns that its token is refused, and sends another.
    session.renew = () => {
      const before = session.token();
      embedder.send({ type: 'customer-profile:error', code: 'UNAUTHENTICATED', message: 'The token is refused or over: send another.' });
      return new Promise((resolve) => {
        const timer = setTimeout(() => finish(false), PATIENCE);
        const stop = session.subscribe(() => session.token() !== before && finish(session.token() !== null));
        const finish = (isRenewed: boolean) => {
          clearTimeout(timer);
          stop();
          resolve(isRenewed);
        };
      });
    };
    const confirmedAt = new Map<string, string>();
    setEmbedded({
      send: embedder.send,
      confirmed: (customerId, method, at) => {
        if (confirmedAt.get(customerId) === at) return;
        if (confirmedAt.size >= MOST_CONFIRMED) confirmedAt.clear();
        confirmedAt.set(customerId, at);
        embedder.send({ type: 'customer-profile:confirmed', customerId, method });
      },
      onOpen: (open) => {
        listener = open;
        if (early !== null) open(early);
        early = null;
        return () => {
          listener = null;
        };
      },
    });
    return embedder.stop;
  }, [settings, session]);
  return embedded;
}
