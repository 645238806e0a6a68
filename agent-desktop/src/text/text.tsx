import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { lastingStorage } from '../model/page-storage.ts';
import { type Formats, formatsOf } from './formats.ts';
import { LANGUAGES, type Language, type Texts, type Translate, translator } from './translate.ts';

export interface Text extends Formats {
  readonly t: Translate;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}

const TextContext = createContext<Text | null>(null);
const KEPT_AS = 'agent-desktop.language';

export interface TextProviderProps {
  /** Reads the German texts, when somebody needs them. */
  readonly readGerman: () => Promise<Texts>;
  readonly children: ReactNode;
}

/** The page's language: what was chosen, else the first of the browser's that there is. */
export function TextProvider({ readGerman, children }: TextProviderProps) {
  const [shown, setShown] = useState<{ language: Language; texts: Texts } | null>(() =>
    firstLanguage() === 'en' ? { language: 'en', texts: {} } : null,
  );
  const setLanguage = useCallback(
    (language: Language) => {
      lastingStorage.setItem(KEPT_AS, language);
      show(language, readGerman, setShown);
    },
    [readGerman],
  );
  useEffect(() => {
    if (firstLanguage() !== 'en') show(firstLanguage(), readGerman, setShown);
  }, [readGerman]);
  useEffect(() => {
    if (shown !== null) document.documentElement.lang = shown.language;
  }, [shown]);
  const text = useMemo<Text | null>(() => {
    if (shown === null) return null;
    const t = translator(shown.language, shown.texts);
    return { t, language: shown.language, setLanguage, ...formatsOf(shown.language, t) };
  }, [shown, setLanguage]);
  if (text === null) return null;
  return <TextContext value={text}>{children}</TextContext>;
}

/** Without its texts, a page in English is better than none. */
function show(language: Language, readGerman: () => Promise<Texts>, setShown: (shown: { language: Language; texts: Texts }) => void): void {
  if (language === 'en') {
    setShown({ language, texts: {} });
    return;
  }
  readGerman().then(
    (texts) => setShown({ language, texts }),
    () => setShown({ language: 'en', texts: {} }),
  );
}

function firstLanguage(): Language {
  const wanted = [lastingStorage.getItem(KEPT_AS), ...navigator.languages].map((language) => language?.slice(0, 2).toLowerCase());
  return (wanted.find((language) => LANGUAGES.includes(language as Language)) as Language | undefined) ?? 'en';
}

export function useText(): Text {
  const text = useContext(TextContext);
  if (text === null) throw new Error('useText: expected a TextProvider around it, found none.');
  return text;
}
