import { useCallback, useEffect, useRef } from 'react';
import { type Drafts, isEmptyDraft } from '../customer/drafts.ts';
import { useToasts } from '../pieces/toasts.tsx';
import { useText } from '../text/text.tsx';
import type { OpenTabs, TabAct } from './open-customers.ts';
import { tabName } from './tab-name.ts';

/** @returns what closes a tab. One with a note that is not saved can be opened again with it, as long as the message is there. */
export function useClosing(open: OpenTabs, act: (act: TabAct) => void, drafts: Drafts): (key: string) => void {
  const { t } = useText();
  const toasts = useToasts();
  const tabs = useRef(open.tabs);
  tabs.current = open.tabs;
  // The next agent must not read whom this one had open.
  useEffect(() => toasts.clear, [toasts]);
  return useCallback(
    (key) => {
      const tab = tabs.current.find((each) => each.key === key);
      const id = tab?.id ?? null;
      const draft = id === null ? null : drafts.read(id);
      act({ kind: 'close', key });
      if (tab === undefined || tab.isNobody || id === null || draft === null || isEmptyDraft(draft)) return;
      toasts.show({
        text: t('{name} was closed with a note that is not saved.', { name: tabName(tab, t) }),
        undo: () => {
          drafts.keep(id, draft);
          act({ kind: 'open', question: { id }, now: new Date(), isCall: true });
        },
      });
    },
    [act, drafts, toasts, t],
  );
}
