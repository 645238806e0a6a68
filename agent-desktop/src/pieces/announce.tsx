import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';

const AnnounceContext = createContext<(sentence: string) => void>(() => {});

/** Holds the page's one polite live region. */
export function AnnounceProvider({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState({ sentence: '', turn: 0 });
  const announce = useCallback((sentence: string) => setSaid(({ turn }) => ({ sentence, turn: turn + 1 })), []);
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
