import { useEffect } from 'react';
import { useRunDocument } from '../connection/connection.tsx';
import { isRecord, readPath } from '../customer/answer.ts';
import { useKeptState } from '../customer/kept.ts';
import { type Entry, useOpenCustomer } from '../customer/open-customer.tsx';
import { wordsOf } from '../customer/words.ts';
import { useIdentitySheet } from '../identity/identity-sheets.tsx';
import { Button } from '../pieces/button.tsx';
import { Card } from '../pieces/card.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { type Duplicate, duplicatesOf, valuesToCompare } from './duplicates.ts';
import './duplicates-card.css';

/** As many of each value as one wants to compare. */
const MOST_FOUND = 5;
const MOST_SHOWN = 3;

/** Others with the same phone number or e-mail address: perhaps one person whom the gateway knows twice. */
export function DuplicatesCard() {
  const { t, language } = useText();
  const { id, layout } = useOpenCustomer();
  const { open } = useIdentitySheet();
  const duplicates = useDuplicates().slice(0, MOST_SHOWN);
  const compare = (other: Duplicate | undefined) => {
    if (id !== null && other !== undefined) open({ kind: 'merge', ids: [id, other.id] });
  };
  useShortcut({
    key: 'm',
    label: t('Compare with who is perhaps the same person'),
    run: () => compare(duplicates[0]),
    isOn: duplicates.length > 0,
  });
  if (duplicates.length === 0) return null;
  const inSentence = (label: string) => (language === 'en' ? wordsOf(label).toLowerCase() : wordsOf(label));
  return (
    <Card title={t('Perhaps the same person')}>
      {duplicates.map((other, index) => (
        <div key={other.id} className="actions-duplicate">
          <p className="actions-why">
            {t('{who}: same {values}.', {
              who: nameOf(other, layout.name) ?? t('A customer without a name'),
              values: other.labels.map(inSentence).join(', '),
            })}
          </p>
          <Button size="small" shortcut={index === 0 ? 'm' : undefined} onPress={() => compare(other)}>
            {t('Compare')}
          </Button>
        </div>
      ))}
    </Card>
  );
}

/** Who shares a value with the customer: asked once for these values, when the agent may see them. */
function useDuplicates(): readonly Duplicate[] {
  const run = useRunDocument();
  const { id, assurance, facts, identifiers, layout } = useOpenCustomer();
  const [found, setFound] = useKeptState<{ readonly of: string; readonly duplicates: readonly Duplicate[] }>('duplicates', NONE);
  const values = assurance === 'VERIFIED' ? valuesToCompare({ facts, identifiers, layout }) : [];
  const of = JSON.stringify([id, values]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` says whose values these are, and which.
  useEffect(() => {
    // Without a confirmation nobody else's values are kept either.
    if (values.length === 0) return setFound(NONE);
    if (id === null || found.of === of) return;
    const abort = new AbortController();
    const asked = values.map(async ({ label, value }) => {
      const { data } = await run(layout.documents.find, { value, first: MOST_FOUND }, { signal: abort.signal });
      const customers = Array.isArray(data?.findCustomers) ? data.findCustomers.filter(isRecord) : [];
      return { label, customers: customers as readonly Entry[] };
    });
    // A source that fails finds nobody: who is not found now is not said to be somebody else.
    Promise.allSettled(asked).then((results) => {
      if (abort.signal.aborted) return;
      const answered = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      setFound({ of, duplicates: duplicatesOf(id, answered) });
    });
    return () => abort.abort();
  }, [of, run, layout, setFound]);
  return found.of === of ? found.duplicates : [];
}

const NONE = { of: '', duplicates: [] };

function nameOf({ customer }: Duplicate, path: string | null): string | null {
  const name = path === null ? null : readPath(customer, path);
  return typeof name === 'string' ? name : null;
}
