import { I18n } from '@lingui/core';
import { compileMessage } from './compile-message.ts';

export type Language = 'en' | 'de';
export const LANGUAGES: readonly Language[] = ['en', 'de'];

export type TextValues = Readonly<Record<string, string | number>>;

/** Texts by their English original. */
export type Texts = Readonly<Record<string, string>>;

/** The English text is the id: `t('Recognised by {type}', { type })`, in ICU syntax. */
export type Translate = (text: string, values?: TextValues) => string;

/** Texts are literals of this program; the bound is for the case that one is not. */
const MOST_COMPILED = 5_000;

/** @returns what says texts in this language, with the given translations. English needs none. */
export function translator(language: Language, texts: Texts = {}): Translate {
  const i18n = new I18n({ locale: language, messages: { [language]: { ...texts } } });
  const compiled = new Map<string, ReturnType<typeof compileMessage>>();
  i18n.setMessagesCompiler((text) => {
    const known = compiled.get(text);
    if (known !== undefined) return known;
    const message = compileMessage(text);
    if (compiled.size < MOST_COMPILED) compiled.set(text, message);
    return message;
  });
  return (text, values) => i18n._(text, values as Record<string, unknown>);
}
