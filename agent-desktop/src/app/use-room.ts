import { useEffect } from 'react';
import { useToasts } from '../pieces/toasts.tsx';
import { useText } from '../text/text.tsx';
import { MOST_TABS, type OpenTabs, type TabAct } from './open-customers.ts';
import { tabName } from './tab-name.ts';

/** Says whom a call has closed, with a way back, or that there was no room for it. */
export function useRoom({ madeRoom, refused }: OpenTabs, act: (act: TabAct) => void): void {
  const { t } = useText();
  const toasts = useToasts();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each call, in whatever language
  useEffect(() => {
    const openAgain = (question: NonNullable<typeof refused>) => () => act({ kind: 'open', question, now: new Date(), isCall: true });
    if (madeRoom !== null) {
      const text = t('{name} was closed to make room for the call.', { name: tabName(madeRoom, t) });
      toasts.show({ text, open: openAgain(madeRoom.id === null ? madeRoom.question : { id: madeRoom.id }) });
    }
    if (refused !== null) {
      const text = t('{count} customers are open. Close one before you open another.', { count: MOST_TABS });
      toasts.show({ text, open: openAgain(refused) });
    }
  }, [madeRoom, refused]);
}
