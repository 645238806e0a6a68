import { useEffect, useMemo, useRef } from 'react';
import { useHasDraft } from '../actions/note-draft.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { rememberRecent } from '../find/recent.ts';
import { useOwnChange } from '../identity/own-change.ts';
import { useToasts } from '../pieces/toasts.tsx';
import { identifiersByStrength } from '../profile/customer-title.ts';
import { useText } from '../text/text.tsx';
import type { OpenTab, TabAct } from './open-customers.ts';

/** Gives the tab what it has to know of its customer. */
export function TabReporter({ tab, act }: { tab: OpenTab; act: (act: TabAct) => void }) {
  const { t } = useText();
  const { id, name, identifiers: known, layout, isNobody, isGone, isLoading, answers } = useOpenCustomer();
  // Each answer has new objects: the desk is rendered again only where they say something else.
  const text = JSON.stringify(identifiersByStrength({ identifiers: known, layout }).map(({ type, value }) => ({ type, value })));
  const identifiers = useMemo(() => JSON.parse(text) as OpenTab['identifiers'], [text]);
  const hasDraft = useHasDraft();
  const toasts = useToasts();
  const own = useOwnChange();
  const before = useRef<string | null>(null);
  useEffect(() => {
    // An agent who merged them themselves has been told by what they did.
    const isMerged = before.current !== null && id !== null && before.current !== id && !own.isRecent();
    before.current = id;
    if (isMerged)
      toasts.show({ text: t('{name} was merged with another customer. You see both as one now.', { name: name ?? t('This customer') }) });
  }, [id, name, own, toasts, t]);
  const isEmpty = isNobody || isGone || (!isLoading && answers === 0);
  useEffect(() => {
    act({ kind: 'known', key: tab.key, id, name, identifiers, isNobody: isEmpty, hasDraft });
  }, [act, tab.key, id, name, identifiers, isEmpty, hasDraft]);
  useEffect(() => {
    if (id !== null) rememberRecent(id);
  }, [id]);
  return null;
}
