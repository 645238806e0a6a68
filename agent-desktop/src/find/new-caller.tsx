import { useEffect, useState } from 'react';
import { useConnection, useSentenceOf } from '../connection/connection.tsx';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useText } from '../text/text.tsx';
import { type Identifier, identifierLike } from './identifier-like.ts';

export interface NewCallerProps {
  /** What was looked for, and nobody has. */
  readonly typed: string;
  /** Begins a customer with this identifier alone, and opens it. It throws what the gateway refuses it with. */
  readonly onNewCaller: (identifier: Identifier) => Promise<void>;
}

/** Offers to open somebody who is not known yet, as a screen pop does. Only the gateway knows which values its types take: it is asked. */
export function NewCaller({ typed, onNewCaller }: NewCallerProps) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const { runDocument, layout } = useConnection();
  const [taken, setTaken] = useState<Identifier | null>(null);
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    setTaken(null);
    setFailure(null);
    const identifier = identifierLike(typed, layout);
    if (identifier === null) return;
    const abort = new AbortController();
    runDocument(layout.documents.open, { identifier }, { signal: abort.signal }).then(
      ({ data, errors }) => !abort.signal.aborted && data?.customerByIdentifier === null && errors.length === 0 && setTaken(identifier),
      // Then it is not offered: the search has said what is wrong with the connection.
      () => {},
    );
    return () => abort.abort();
  }, [typed, layout, runDocument]);
  if (taken === null) return null;
  const begin = async () => {
    setIsPending(true);
    setFailure(null);
    await onNewCaller(taken).catch(setFailure);
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
