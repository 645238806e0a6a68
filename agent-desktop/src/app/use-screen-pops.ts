import { useEffect, useRef } from 'react';
import type { OpenQuestion } from '../model/open-question.ts';
import { takeQuestion } from './address.ts';
import type { EmbeddedIn } from './use-embedder.ts';

/** Calls back with each customer whom the telephone system names in the address, or the page around the frame in a message. */
export function useScreenPops(embedder: EmbeddedIn | null, open: (question: OpenQuestion) => void): void {
  const current = useRef(open);
  useEffect(() => {
    current.current = open;
  });
  useEffect(() => {
    const onHashChange = () => {
      const question = takeQuestion();
      if (question !== null) current.current(question);
    };
    window.addEventListener('hashchange', onHashChange);
    // The telephone may ring between two renderings, when nobody listens.
    onHashChange();
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);
  useEffect(() => embedder?.onOpen((question) => current.current(question)), [embedder]);
}
