import { Activity, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { agentOf } from '../connection/agent.ts';
import { ConnectionProvider } from '../connection/connection.tsx';
import { codeOf } from '../connection/gateway-error.ts';
import { readLayout, readSettings } from '../connection/read-json.ts';
import { sentenceOf } from '../connection/sentences.ts';
import { openSession, type Session } from '../connection/session.ts';
import { signsInAt } from '../connection/sign-in-ways.ts';
import type { ToEmbedder } from '../embed/messages.ts';
import type { DesktopSettings, ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import { Bars } from '../pieces/bars.tsx';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useIsSlow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import type { Translate } from '../text/translate.ts';
import { takeQuestion } from './address.ts';
import { Desk } from './desk.tsx';
import { ForOwner } from './for-owner.tsx';
import { forgetOthers, leaveDesk } from './kept-customers.ts';
import { takePendingQuestion } from './pending-question.ts';
import { SignIn } from './sign-in.tsx';
import { useEmbedder } from './use-embedder.ts';
import { useRenewal } from './use-renewal.ts';

export interface EntranceProps {
  readonly question: OpenQuestion | null;
  readonly returned: URLSearchParams | null;
  readonly isEmbedded: boolean;
}

/** Lets an agent in: settings, sign-in, layout. Then the desk. */
export function Entrance({ question: asked, returned, isEmbedded }: EntranceProps) {
  const { t } = useText();
  const session = useMemo(() => openSession({ storage: isEmbedded ? null : sessionStorage }), [isEmbedded]);
  const [question, setQuestion] = useState(() => (returned === null ? asked : (asked ?? takePendingQuestion())));
  const token = useSyncExternalStore(session.subscribe, session.token);
  const isSignedIn = token !== null;
  const wasSignedIn = useRef(isSignedIn);
  wasSignedIn.current ||= isSignedIn;
  const [failed, setFailed] = useState<{ readonly error: unknown; readonly token: string | null } | null>(null);
  const failure = failed?.error ?? null;
  const setFailure = useCallback((error: unknown) => setFailed({ error, token: session.token() }), [session]);
  const [attempt, setAttempt] = useState(0);
  const settings = useSettingsOf(session, isEmbedded, attempt, setFailure);
  const layout = useLayoutOf(session, token === null ? null : (agentOf(token).id ?? ''), returned !== null, attempt, setFailure);
  const embedder = useEmbedder(isEmbedded ? settings : null, session);
  useRenewal(session);
  // When a token is only over, what the agent was writing waits behind the sign-in for the same agent.
  const keptFor = useRef<string | null>(null);
  if (session.hasLeft()) keptFor.current = null;
  else if (isSignedIn) {
    const agent = agentOf(token).id ?? '';
    if (keptFor.current !== agent) forgetOthers(agent);
    keptFor.current = agent;
  }
  const isWaiting = failure === null && (settings === null || (isSignedIn && layout === null));
  const isSlow = useIsSlow(isWaiting);
  const hasDesk = failure === null && isSignedIn && settings !== null && layout !== null;
  useEffect(() => {
    // The desk took it. Who signs in after this agent does not find their customer open.
    if (hasDesk) return setQuestion(null);
    // The telephone rings while somebody signs in: the desk opens with who rang last.
    const onHashChange = () => setQuestion((before) => takeQuestion() ?? before);
    onHashChange();
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, [hasDesk]);
  const retry = useCallback(() => {
    setFailed(null);
    setAttempt((before) => before + 1);
  }, []);
  useEffect(() => {
    // The agent has signed out, or the page around the frame has sent another token: what failed was about the old one.
    if (failed !== null && failed.token !== token) retry();
  }, [failed, token, retry]);
  useEffect(() => {
    if (failed !== null) embedder?.send(failureMessage(codeOf(failed.error)));
  }, [failed, embedder]);

  const front = () => {
    if (failure !== null) return <Failed failure={failure} onRetry={retry} onSignOut={isSignedIn ? () => leaveDesk(session) : null} />;
    if (settings !== null && !isSignedIn) {
      const isFirst = !wasSignedIn.current;
      // What the issuer sent is for the first sign-in alone.
      return <SignIn {...{ session, settings, isEmbedded, question, returned: isFirst ? returned : null, isFirst }} />;
    }
    return (
      <main className="app-entrance" aria-busy="true" aria-label={t('Agent desktop')}>
        {isSlow && <Bars />}
      </main>
    );
  };
  return (
    <>
      {!hasDesk && front()}
      {settings !== null && layout !== null && keptFor.current !== null && (
        <Activity key={keptFor.current} mode={hasDesk ? 'visible' : 'hidden'}>
          <ConnectionProvider session={session} settings={settings} layout={layout}>
            <Desk agent={keptFor.current} question={question} isEmbedded={isEmbedded} embedder={embedder} />
          </ConnectionProvider>
        </Activity>
      )}
    </>
  );
}

/** What was there before, where the answer says the same. */
const same = <Answer,>(before: Answer | null, answered: Answer): Answer =>
  before !== null && JSON.stringify(before) === JSON.stringify(answered) ? before : answered;

/** What the page around a frame gets to know, whose developer reads it. */
function failureMessage(code: string): ToEmbedder {
  const message = code === 'FORBIDDEN' ? 'The token is not one of an agent: send another.' : 'The desktop could not be opened.';
  return { type: 'customer-profile:error', code, message };
}

function useSettingsOf(session: Session, isEmbedded: boolean, attempt: number, onFailure: (failure: unknown) => void) {
  const [settings, setSettings] = useState<DesktopSettings | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    let isOver = false;
    readSettings().then(
      (read) => {
        if (isOver) return;
        if (read.signIn?.kind === 'oidc' && !isEmbedded) signsInAt(session, read.signIn);
        // The same ones keep the connection, and with it what is open.
        setSettings((before) => same(before, read));
      },
      (error) => !isOver && onFailure(error),
    );
    return () => {
      isOver = true;
    };
  }, [attempt, session, isEmbedded, onFailure]);
  return settings;
}

/**
 * A renewed token has the same layout: it is read once for each sign-in, and again where the page around a frame sends a token of
 * another agent. Nothing is shown to them before the gateway has taken it.
 * @param agent whose token it is; null without one.
 * @param isFromIssuer the agent has just signed in: if the gateway does not take that token, to sign in again would not help.
 */
function useLayoutOf(
  session: Session,
  agent: string | null,
  isFromIssuer: boolean,
  attempt: number,
  onFailure: (failure: unknown) => void,
) {
  const [read, setRead] = useState<{ readonly agent: string; readonly layout: ProfileLayout } | null>(null);
  const wasTaken = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    if (session.hasLeft()) setRead(null);
    if (agent === null) return;
    let isOver = false;
    const ask = () => readLayout(session.token() ?? '');
    ask()
      .catch(async (error: unknown) => {
        if (codeOf(error) === 'UNAUTHENTICATED' && (await session.renewed())) return ask();
        throw error;
      })
      .then(
        (answered) => {
          wasTaken.current = true;
          if (!isOver) setRead((before) => ({ agent, layout: same(before?.layout ?? null, answered) }));
        },
        (error) => {
          if (isOver) return;
          if (codeOf(error) === 'UNAUTHENTICATED' && (wasTaken.current || !isFromIssuer)) session.signOut();
          else onFailure(error);
        },
      );
    return () => {
      isOver = true;
    };
  }, [agent, session, isFromIssuer, attempt, onFailure]);
  // While nobody is signed in, the desk of who was waits for the same agent.
  return read !== null && (agent === null || agent === read.agent) ? read.layout : null;
}

/** True where the agent has a token that is the wrong one. */
const isOfToken = (failure: unknown): boolean => ['FORBIDDEN', 'UNAUTHENTICATED'].includes(codeOf(failure));

function failedSentence(failure: unknown, t: Translate): string {
  if (codeOf(failure) === 'FORBIDDEN') return t('You are signed in, but not as an agent.');
  if (codeOf(failure) === 'UNAUTHENTICATED') return t('You have signed in, but the gateway does not take it.');
  return sentenceOf(failure, t);
}

function Failed({ failure, onRetry, onSignOut }: { failure: unknown; onRetry: () => void; onSignOut: (() => void) | null }) {
  const { t } = useText();
  const acts = (
    <>
      <Button kind="fail" icon="retry" onPress={onRetry}>
        {t('Try again')}
      </Button>
      {onSignOut && (
        <Button kind="quiet" onPress={onSignOut}>
          {t('Sign out')}
        </Button>
      )}
    </>
  );
  return (
    <main className="app-entrance">
      <div className="app-sign-in">
        <h1>{t('Agent desktop')}</h1>
        <Notice acts={acts}>
          {failedSentence(failure, t)}
          {isOfToken(failure) && <ForOwner failure={failure} />}
        </Notice>
      </div>
    </main>
  );
}
