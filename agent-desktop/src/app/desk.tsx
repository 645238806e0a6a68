import { Activity, lazy, Suspense, useEffect, useReducer, useRef, useState } from 'react';
import { useLayout } from '../connection/connection.tsx';
import { Drafts, DraftsContext } from '../customer/drafts.ts';
import { OpenCustomerProvider } from '../customer/open-customer.tsx';
import { FindOverlay } from '../find/find-overlay.tsx';
import type { FinderOption } from '../find/finder-options.ts';
import type { NewCallers } from '../find/new-caller.tsx';
import { IdentitySheets } from '../identity/identity-sheets.tsx';
import { useNewCaller, useNewCallerPreview } from '../identity/new-caller.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import { Boundary } from '../pieces/boundary.tsx';
import { Button } from '../pieces/button.tsx';
import { useIsNarrow } from '../pieces/narrow.ts';
import { useText } from '../text/text.tsx';
import { AgentMenu } from './agent-menu.tsx';
import { Bar } from './bar.tsx';
import { CustomerView } from './customer-view.tsx';
import { DeskKeys } from './desk-keys.tsx';
import { EmbedderFailure } from './embedder-failure.tsx';
import { EmbedderReporter } from './embedder-reporter.tsx';
import { Home } from './home.tsx';
import { keepOpen, keptOpen, openIds } from './kept-customers.ts';
import { afterAct, MOST_TABS, NO_TABS } from './open-customers.ts';
import { TabReporter } from './tab-reporter.tsx';
import { useClosing } from './use-closing.ts';
import type { EmbeddedIn } from './use-embedder.ts';
import { useRoom } from './use-room.ts';
import { useScreenPops } from './use-screen-pops.ts';
import './desk.css';

const KeysSheet = lazy(async () => ({ default: (await import('./keys-sheet.tsx')).KeysSheet }));

export interface DeskProps {
  /** The id of the agent; empty where their token has none. */
  readonly agent: string;
  readonly question: OpenQuestion | null;
  readonly isEmbedded: boolean;
  /** The page around the frame; null where there is none. */
  readonly embedder: EmbeddedIn | null;
}

/** The desk of an agent who is signed in: the bar, and the open customers. */
export function Desk({ agent, question, isEmbedded, embedder }: DeskProps) {
  const { t } = useText();
  const layout = useLayout();
  const ref = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow(ref);
  const [isFinding, setIsFinding] = useState(false);
  const [isShowingKeys, setIsShowingKeys] = useState(false);
  // A frame is opened by its page, which says itself who is to be shown; and all frames of a page have one storage.
  const keepsOpen = !isEmbedded && agent !== '';
  const [open, act] = useReducer(afterAct, question, (first) => {
    const kept = keepsOpen ? keptOpen(agent) : NO_TABS;
    return first === null ? kept : afterAct(kept, { kind: 'open', question: first, now: new Date() });
  });
  const [drafts] = useState(() => new Drafts(keepsOpen));
  useEffect(() => {
    if (keepsOpen) keepOpen(agent, open);
    drafts.forgetBut(openIds(open));
  }, [keepsOpen, agent, open, drafts]);
  const close = useClosing(open, act, drafts);
  // Who rang while the token was over, and the desk waited behind the sign-in.
  useEffect(() => {
    if (question !== null) act({ kind: 'open', question, now: new Date(), isCall: true });
  }, [question]);
  useScreenPops(embedder, (next) => {
    act({ kind: 'open', question: next, now: new Date(), isCall: true });
    setIsFinding(false);
  });
  useRoom(open, act);
  const isFull = open.tabs.length >= MOST_TABS;

  const choose = (option: FinderOption, isBeside: boolean) => {
    if (option.kind === 'open') act({ kind: 'show', key: option.key });
    else act({ kind: 'open', question: { id: option.found.id }, now: new Date(), isBeside });
    // The box says why nobody more can be opened.
    if (!isBeside && !(isFull && option.kind === 'found')) setIsFinding(false);
  };
  const preview = useNewCallerPreview();
  const newCaller = useNewCaller();
  const newCallers: NewCallers = {
    preview,
    open: async (identifier) => {
      const id = await newCaller(identifier);
      act({ kind: 'open', question: { id }, now: new Date(), isCall: true });
      setIsFinding(false);
    },
  };
  // Where nobody is open the page is the find box: another one over it would be in its way.
  const find = () => {
    if (open.shown === null) ref.current?.querySelector<HTMLInputElement>('.app-home input')?.focus();
    else setIsFinding(true);
  };
  const showKeys = () => setIsShowingKeys(true);
  const end = (
    <>
      <Button kind="quiet" icon="search" label={t('Find a customer')} onPress={find} />
      <AgentMenu onShowKeys={showKeys} canSignOut={!isEmbedded} />
    </>
  );
  // A narrow window has room for the bar only where there is something to choose in it.
  const hasBar = !isNarrow || open.tabs.length !== 1;
  return (
    <div className={`app-desk ${isNarrow ? 'app-desk-narrow' : ''} ${hasBar ? '' : 'app-desk-bare'}`} ref={ref}>
      <DeskKeys open={open} act={act} onClose={close} onFind={find} onShowKeys={showKeys} />
      {hasBar && <Bar open={open} act={act} onClose={close} onFind={find} onShowKeys={showKeys} canSignOut={!isEmbedded} />}
      <main className="app-main">
        {open.shown === null && <Home onChoose={choose} newCallers={newCallers} />}
        <DraftsContext value={drafts}>
          {open.tabs.map((tab) => (
            <OpenCustomerProvider key={tab.key} question={tab.question} layout={layout} onClose={() => close(tab.key)}>
              <TabReporter tab={tab} act={act} />
              {embedder !== null && <EmbedderFailure embedder={embedder} />}
              {embedder !== null && tab.key === open.shown && <EmbedderReporter embedder={embedder} />}
              <Activity mode={tab.key === open.shown ? 'visible' : 'hidden'}>
                <IdentitySheets>
                  <CustomerView
                    isNarrow={isNarrow}
                    end={hasBar ? null : end}
                    onChoose={(option, isBeside) => {
                      // First, so that there is room for who was found.
                      close(tab.key);
                      choose(option, isBeside);
                    }}
                  />
                </IdentitySheets>
              </Activity>
            </OpenCustomerProvider>
          ))}
        </DraftsContext>
      </main>
      {isFinding && (
        <FindOverlay
          onClose={() => setIsFinding(false)}
          opened={open.tabs}
          onChoose={choose}
          newCallers={newCallers}
          notice={isFull ? t('{count} customers are open. Close one before you open another.', { count: MOST_TABS }) : null}
        />
      )}
      {isShowingKeys && (
        <Boundary>
          <Suspense>
            <KeysSheet onClose={() => setIsShowingKeys(false)} />
          </Suspense>
        </Boundary>
      )}
    </div>
  );
}
