import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { ConnectionProvider } from '../connection/connection.tsx';
import { codeOf } from '../connection/gateway-error.ts';
import { readLayout, readSettings } from '../connection/read-json.ts';
import { sentenceOf } from '../connection/sentences.ts';
import { openSession } from '../connection/session.ts';
import type { DesktopSettings, ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useText } from '../text/text.tsx';
import { Desk } from './desk.tsx';
import { SignIn } from './sign-in.tsx';

export interface EntranceProps {
  readonly question: OpenQuestion | null;
  readonly isEmbedded: boolean;
}

/** Lets an agent in: settings, sign-in, layout. Then the desk. */
export function Entrance({ question, isEmbedded }: EntranceProps) {
  const { t } = useText();
  const session = useMemo(() => openSession({ storage: isEmbedded ? null : sessionStorage }), [isEmbedded]);
  const token = useSyncExternalStore(session.subscribe, session.token);
  const [settings, setSettings] = useState<DesktopSettings | null>(null);
  const [layout, setLayout] = useState<ProfileLayout | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    let isOver = false;
    readSettings().then(
      (read) => !isOver && setSettings(read),
      (error) => !isOver && setFailure(error),
    );
    return () => {
      isOver = true;
    };
  }, [attempt]);

  const isSignedIn = token !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a renewed token has the same layout
  useEffect(() => {
    if (!isSignedIn) return setLayout(null);
    let isOver = false;
    readLayout(session.token() ?? '').then(
      (read) => !isOver && setLayout(read),
      (error) => {
        if (isOver) return;
        if (codeOf(error) === 'UNAUTHENTICATED') session.signOut();
        else setFailure(error);
      },
    );
    return () => {
      isOver = true;
    };
  }, [isSignedIn, session, attempt]);

  const retry = useCallback(() => {
    setFailure(null);
    setAttempt((before) => before + 1);
  }, []);

  if (failure !== null) {
    const acts = (
      <>
        <Button kind="fail" icon="retry" onPress={retry}>
          {t('Try again')}
        </Button>
        {isSignedIn && (
          <Button kind="quiet" onPress={session.signOut}>
            {t('Sign out')}
          </Button>
        )}
      </>
    );
    return (
      <main className="app-entrance">
        <Notice acts={acts}>{sentenceOf(failure, t)}</Notice>
      </main>
    );
  }
  if (settings === null) return null;
  if (!isSignedIn) return <SignIn session={session} settings={settings} isEmbedded={isEmbedded} />;
  if (layout === null) return null;
  return (
    <ConnectionProvider session={session} settings={settings} layout={layout}>
      <Desk question={question} isEmbedded={isEmbedded} />
    </ConnectionProvider>
  );
}
