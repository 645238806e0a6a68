import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

/** Milliseconds after which a sentence is taken out of the page: it may name a customer, and has been read by then. */
const KEPT_FOR = 10_000;

const AnnounceContext = createContext<(sentence: string) => void>(() => {});

/** Holds the page's one polite live region. */
export function AnnounceProvider({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState({ sentence: '', turn: 0 });
  const announce = useCallback((sentence: string) => setSaid(({ turn }) => ({ sentence, turn: turn + 1 })), []);
  useEffect(() => {
    if (said.sentence === '') return;
    const timer = setTimeout(() => announce(''), KEPT_FOR);
    return () => clearTimeout(timer);
  }, [said, announce]);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="only-read" aria-live="polite" aria-atomic="true">
        {/* A new element each time, so that the same sentence is read twice when it happens twice. */}
        <span key={said.turn}>{said.sentence}</span>
      </div>
    </AnnounceContext>
  );
}

/** @returns a function that lets a screen reader say one sentence when it is idle. */
export const useAnnounce = (): ((sentence: string) => void) => useContext(AnnounceContext);
