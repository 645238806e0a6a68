import { useEffect, useState } from 'react';
import { signInLocally } from '../connection/local-sign-in.ts';
import { sentenceOf } from '../connection/sentences.ts';
import type { Session } from '../connection/session.ts';
import { SignInFailure } from '../connection/sign-in-failure.ts';
import { comeBackFromIssuer, goToIssuer } from '../connection/sign-in-ways.ts';
import type { DesktopSettings, LocalSignIn, OidcSignIn } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Notice } from '../pieces/notice.tsx';
import { initialsOf } from '../pieces/seal.tsx';
import { useText } from '../text/text.tsx';
import { Brand } from './brand.tsx';
import { ForOwner } from './for-owner.tsx';
import { keepQuestion } from './pending-question.ts';
import './sign-in.css';

export interface SignInProps {
  readonly session: Session;
  readonly settings: DesktopSettings;
  readonly isEmbedded: boolean;
  /** Whom to open once somebody is signed in. */
  readonly question: OpenQuestion | null;
  /** What the issuer sent the agent back with; null when they do not come from there. */
  readonly returned: URLSearchParams | null;
  /** True: goes to the issuer without being asked, because nobody has signed out here. */
  readonly isFirst: boolean;
}

/** Where nobody is signed in. */
export function SignIn({ session, settings, isEmbedded, question, returned, isFirst }: SignInProps) {
  const { t } = useText();
  const { signIn } = settings;
  return (
    <main className="app-entrance">
      <div className="app-sign-in">
        <h1>
          <Brand />
          {t('Agent desktop')}
        </h1>
        {isEmbedded && <p>{t('The page around this one has not signed you in yet.')}</p>}
        {!isEmbedded && signIn === null && (
          <Notice kind="attention">
            {t('Nobody can sign in here: the gateway has no issuer for agents. Ask the person who runs it.')}
          </Notice>
        )}
        {!isEmbedded && signIn?.kind === 'local' && <LocalAgents session={session} signIn={signIn} />}
        {!isEmbedded && signIn?.kind === 'oidc' && (
          <AtIssuer session={session} signIn={signIn} question={question} returned={returned} isFirst={isFirst} />
        )}
      </div>
    </main>
  );
}

function LocalAgents({ session, signIn }: { readonly session: Session; readonly signIn: LocalSignIn }) {
  const { t } = useText();
  const [failure, setFailure] = useState<unknown>(null);
  return (
    <>
      <p className="muted">{t('Choose who you are. These people are invented, and there only in development.')}</p>
      {failure !== null && <Notice>{sentenceOf(failure, t)}</Notice>}
      <ul>
        {signIn.agents.map(({ id, name, roles }) => (
          <li key={id}>
            <button type="button" className="app-agent" onClick={() => signInLocally(session, id).catch(setFailure)}>
              <span className="app-agent-initials" aria-hidden="true">
                {initialsOf(name)}
              </span>
              <span>
                <span className="strong">{name}</span>
                <span className="app-agent-roles">{roles.map((role) => roleName(role, t)).join(', ')}</span>
              </span>
              <Icon name="chevron" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function roleName(role: string, t: (text: string) => string): string {
  if (role === 'agent') return t('Agent');
  return role === 'admin' ? t('may erase customers') : role;
}

function failedSentence(failure: unknown, t: (text: string) => string): string {
  const kind = failure instanceof SignInFailure ? failure.kind : 'failed';
  if (kind === 'stale') return t('This address belongs to a sign-in that is over. Sign in again.');
  if (kind === 'refused') return t('You are not signed in: it was cancelled, or you may not use this.');
  return t('The sign-in did not work. Try again, or ask the person who runs it.');
}

interface AtIssuerProps extends Pick<SignInProps, 'session' | 'question' | 'returned' | 'isFirst'> {
  readonly signIn: OidcSignIn;
}

function AtIssuer({ session, signIn, question, returned, isFirst }: AtIssuerProps) {
  const { t } = useText();
  const [isUnderWay, setIsUnderWay] = useState(returned !== null || isFirst);
  const isOver = !isFirst && !session.hasLeft();
  const [failure, setFailure] = useState<unknown>(null);
  const failed = (thrown: unknown) => {
    setIsUnderWay(false);
    setFailure(thrown);
  };
  const go = () => {
    setIsUnderWay(true);
    setFailure(null);
    keepQuestion(question);
    goToIssuer(signIn).catch(failed);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is opened
  useEffect(() => {
    if (returned !== null) comeBackFromIssuer(session, signIn, returned).catch(failed);
    else if (isFirst) go();
  }, []);
  useEffect(() => {
    // Somebody rang on the way to the issuer. On the way back, what was kept has been taken.
    if (isUnderWay && returned === null && question !== null) keepQuestion(question);
  }, [isUnderWay, returned, question]);
  return (
    <>
      {failure !== null && (
        <Notice>
          {failedSentence(failure, t)}
          <ForOwner failure={failure} />
        </Notice>
      )}
      {isUnderWay && <p className="muted">{t('Signing you in…')}</p>}
      {isOver && !isUnderWay && failure === null && <p>{t('Your sign-in is over. What you were writing waits for you.')}</p>}
      {!isUnderWay && (
        <Button kind="primary" onPress={go} autoFocus>
          {t('Sign in')}
        </Button>
      )}
    </>
  );
}
