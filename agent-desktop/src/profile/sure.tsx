import { type Assurance, type Confirmation, useOpenCustomer } from '../customer/open-customer.tsx';
import { Icon, type IconName } from '../pieces/icon.tsx';
import { useNow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import type { Translate } from '../text/translate.ts';
import { typeInSentence } from '../text/type-name.ts';
import './sure.css';

const ICONS: Readonly<Record<Assurance, IconName>> = { ANONYMOUS: 'eye', CLAIMED: 'alert', RECOGNIZED: 'shield-half', VERIFIED: 'shield' };

/** How sure it is that this is the customer, by what, and for how long. */
export function Sure() {
  const { t, language } = useText();
  const { assurance, confirmation, question } = useOpenCustomer();
  const inSentence = (text: string) => (language === 'en' ? text.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase()) : text);
  const asked = 'identifier' in question ? typeInSentence(question.identifier.type, t) : null;
  return (
    <p className={`profile-sure profile-sure-${assurance.toLowerCase()}`}>
      <Icon name={ICONS[assurance]} />
      <span>
        <b>{wordOf(assurance, t)}</b> {byWhat(assurance, confirmation === null ? null : inSentence(confirmation.method), asked, t)}
      </span>
      {confirmation !== null && <TimeLeft confirmation={confirmation} />}
    </p>
  );
}

function wordOf(assurance: Assurance, t: Translate): string {
  switch (assurance) {
    case 'ANONYMOUS':
      return t('Anonymous');
    case 'CLAIMED':
      return t('Claimed');
    case 'RECOGNIZED':
      return t('Recognised');
    case 'VERIFIED':
      return t('Verified');
  }
}

function byWhat(assurance: Assurance, method: string | null, asked: string | null, t: Translate): string {
  if (method !== null) return t('by {method}', { method });
  switch (assurance) {
    case 'ANONYMOUS':
      return t('as a browser only');
    case 'CLAIMED':
      return t('without any proof');
    case 'RECOGNIZED':
      return asked === null ? t('but not confirmed yet') : t('by {type}', { type: asked });
    case 'VERIFIED':
      return t('by your looking them up');
  }
}

/** Whole minutes, and seconds in the last one. */
function TimeLeft({ confirmation }: { readonly confirmation: Confirmation }) {
  const { t } = useText();
  const now = useNow(1_000);
  const seconds = Math.max(0, Math.ceil((Date.parse(confirmation.expiresAt) - now.getTime()) / 1_000));
  const left = seconds > 60 ? t('{count} min', { count: Math.ceil(seconds / 60) }) : t('{count} s', { count: seconds });
  return (
    <span className="profile-sure-left">
      <span className="only-read">{t('still')} </span>
      {left}
    </span>
  );
}
