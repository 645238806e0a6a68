import type { ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { useText } from '../text/text.tsx';

/** Around parts of React Aria: their own words for screen readers are in the page's language. */
export function AriaLanguage({ children }: { readonly children: ReactNode }) {
  const { language } = useText();
  return <I18nProvider locale={language === 'de' ? 'de-DE' : 'en-GB'}>{children}</I18nProvider>;
}
