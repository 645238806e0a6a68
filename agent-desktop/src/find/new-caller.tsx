import { useEffect, useState } from 'react';
import { useLayout, useSentenceOf } from '../connection/connection.tsx';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useText } from '../text/text.tsx';
import { type Identifier, identifierLike } from './identifier-like.ts';

/** What the find box offers for somebody who is not known yet. */
export interface NewCallers {
  /** Rejects where the gateway does not take this value: only it knows how its types are normalised. */
  readonly preview: (identifier: Identifier, signal: AbortSignal) => Promise<void>;
  /** Begins a customer with this identifier alone, and opens it. Rejects with what the gateway refuses it with. */
  readonly open: (identifier: Identifier) => Promise<void>;
}

export interface NewCallerProps {
  /** What was looked for, and nobody has. */
  readonly typed: string;
  readonly newCallers: NewCallers;
}

/** Offers to open somebody who is not known yet, as a screen pop does. */
export function NewCaller({ typed, newCallers: { preview, open } }: NewCallerProps) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const layout = useLayout();
  const [taken, setTaken] = useState<Identifier | null>(null);
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    setTaken(null);
    setFailure(null);
    const identifier = identifierLike(typed, layout);
    if (identifier === null) return;
    const abort = new AbortController();
    preview(identifier, abort.signal).then(
      () => !abort.signal.aborted && setTaken(identifier),
      // Then it is not offered: to look for somebody was the question.
      () => {},
    );
    return () => abort.abort();
  }, [typed, layout, preview]);
  if (taken === null) return null;
  const begin = async () => {
    setIsPending(true);
    setFailure(null);
    await open(taken).catch(setFailure);
    setIsPending(false);
  };
  return (
    <>
      <Button size="small" icon="plus" isPending={isPending} onPress={() => void begin()}>
        {t('Open as a new caller')}
      </Button>
      {failure !== null && <Notice>{sentenceOf(failure)}</Notice>}
    </>
  );
}
