import { useEffect, useRef } from 'react';
import { useSentenceOf } from '../connection/connection.tsx';
import { type OpenCustomer, useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useText } from '../text/text.tsx';
import { ConfirmCard } from './confirm-card.tsx';
import { DuplicatesCard } from './duplicates-card.tsx';
import { NoteForm } from './note-form.tsx';
import { OffersCard } from './offers-card.tsx';
import { OpenCard } from './open-card.tsx';
import { openEntries } from './open-entries.ts';
import { useNeedsConfirmation } from './use-confirm.ts';
import './actions.css';

/** The right column: what to do, the most urgent first. */
export function Actions() {
  const customer = useOpenCustomer();
  const { t } = useText();
  const needsConfirmation = useNeedsConfirmation();
  const heading = useRef<HTMLHeadingElement>(null);
  const wasAsked = useRef(false);
  useEffect(() => {
    // The question is gone, and the focus with it: it goes on where the question was, and not at the beginning of the page.
    if (wasAsked.current && !needsConfirmation && document.activeElement === document.body) heading.current?.focus();
    wasAsked.current = needsConfirmation;
  }, [needsConfirmation]);
  if (customer.isNobody || customer.isLoading) return null;
  const open = customer.lists.map(openEntries).filter((entries) => entries !== null);
  const failed = open.filter(({ list }) => list.state === 'failed');
  const others = open.filter(({ list }) => list.state !== 'failed');
  return (
    <div className="actions">
      <div className="actions-body">
        <h2 ref={heading} className="only-read" tabIndex={-1}>
          {t('What to do')}
        </h2>
        <ProfileError customer={customer} />
        {needsConfirmation && <ConfirmCard />}
        {failed.map((entries) => (
          <OpenCard key={entries.list.list.path} open={entries} />
        ))}
        <OffersCard />
        {others.map((entries) => (
          <OpenCard key={entries.list.list.path} open={entries} />
        ))}
        <DuplicatesCard />
      </div>
      <NoteForm />
    </div>
  );
}

/** The gateway could not be asked again: what is shown is from before. */
function ProfileError({ customer }: { readonly customer: OpenCustomer }) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  if (customer.error === null || customer.error === undefined) return null;
  const retry = (
    <Button kind="fail" size="small" icon="retry" isPending={customer.isRefreshing} onPress={() => void customer.refresh()}>
      {t('Try again')}
    </Button>
  );
  return <Notice acts={retry}>{sentenceOf(customer.error)}</Notice>;
}
