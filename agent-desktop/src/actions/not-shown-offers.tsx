import { wordsOf } from '../customer/words.ts';
import { Icon } from '../pieces/icon.tsx';
import { useText } from '../text/text.tsx';
import { offerReason } from './offer-reason.ts';
import type { NotShown } from './shown-offers.ts';
import './not-shown-offers.css';

/** What this customer does not get, and why: an agent who is asked can answer. */
export function NotShownOffers({ offers }: { readonly offers: readonly NotShown[] }) {
  const { t } = useText();
  if (offers.length === 0) return null;
  return (
    <details className="actions-not-shown" open>
      <summary>
        <Icon name="down" size="small" />
        {t('Not shown: {count}', { count: offers.length })}
      </summary>
      <dl>
        {offers.map(({ name, step, reason }) => (
          <div key={name}>
            <dt>{wordsOf(name)}</dt>
            <dd className={step === 'UNKNOWN' ? 'actions-unsure' : undefined}>{offerReason(step, reason, t)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
