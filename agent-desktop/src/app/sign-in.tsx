import { useState } from 'react';
import { signInLocally } from '../connection/local-sign-in.ts';
import { sentenceOf } from '../connection/sentences.ts';
import type { Session } from '../connection/session.ts';
import type { DesktopSettings } from '../model/gateway.ts';
import { Notice } from '../pieces/notice.tsx';
import { initialsOf } from '../pieces/seal.tsx';
import { useText } from '../text/text.tsx';

export interface SignInProps {
  readonly session: Session;
  readonly settings: DesktopSettings;
  readonly isEmbedded: boolean;
}

export function SignIn({ session, settings, isEmbedded }: SignInProps) {
  const { t } = useText();
  const [failure, setFailure] = useState<unknown>(null);
  const { signIn } = settings;
  return (
    <main className="app-entrance">
      <div className="app-sign-in">
        <h1>{t('Agent desktop')}</h1>
        {failure !== null && <Notice>{sentenceOf(failure, t)}</Notice>}
        {signIn?.kind === 'local' && !isEmbedded && (
          <ul>
            {signIn.agents.map(({ id, name, roles }) => (
              <li key={id}>
                <button type="button" className="app-agent" onClick={() => signInLocally(session, id).catch(setFailure)}>
                  <span className="app-initials">{initialsOf(name)}</span>
                  <span className="strong">{name}</span>
                  <span className="muted">{roles.join(', ')}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </main>
  );
}
