import type { OpenQuestion } from '../model/open-question.ts';
import { AnnounceProvider } from '../pieces/announce.tsx';
import { Boundary } from '../pieces/boundary.tsx';
import { ShortcutsProvider } from '../pieces/shortcuts.tsx';
import { ToastsProvider } from '../pieces/toasts.tsx';
import { TextProvider } from '../text/text.tsx';
import { Entrance } from './entrance.tsx';

const readGerman = async () => (await import('./german-texts.ts')).germanTexts;

export interface AppProps {
  /** Whom the address named when the page was opened. */
  readonly question: OpenQuestion | null;
  /** What the issuer sent the agent back with; null when they do not come from there. */
  readonly returned: URLSearchParams | null;
  /** True in a frame of another page, which sends the token. */
  readonly isEmbedded: boolean;
}

export function App({ question, returned, isEmbedded }: AppProps) {
  return (
    <TextProvider readGerman={readGerman}>
      <ShortcutsProvider>
        <AnnounceProvider>
          <ToastsProvider>
            <Boundary>
              <Entrance question={question} returned={returned} isEmbedded={isEmbedded} />
            </Boundary>
          </ToastsProvider>
        </AnnounceProvider>
      </ShortcutsProvider>
    </TextProvider>
  );
}
