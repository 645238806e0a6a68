import { useOpenCustomer } from '../customer/open-customer.tsx';
import { Bars } from '../pieces/bars.tsx';
import { Button } from '../pieces/button.tsx';
import { useIsSlow, useNow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import { emptyLabels, factLines } from './fact-lines.ts';
import { FactRow } from './fact-row.tsx';
import './facts.css';

/** Milliseconds. Ages are read again this often, and not each second: no number jumps while one reads it. */
const AGES_EVERY = 10_000;

/** Every single value of the customer, in the order of the owner's schema. */
export function Facts({ showsOrigins, onToggleOrigins }: { readonly showsOrigins: boolean; readonly onToggleOrigins: () => void }) {
  const { t } = useText();
  const { facts, layout, isLoading } = useOpenCustomer();
  const isSlow = useIsSlow(isLoading);
  const now = useNow(AGES_EVERY);
  if (isLoading) return isSlow ? <Bars count={6} /> : null;
  const none = emptyLabels(facts, layout.name);
  return (
    <section aria-labelledby="profile-facts">
      <div className="profile-section">
        <h2 id="profile-facts">{t('Contact and facts')}</h2>
        <Button kind="quiet" size="small" icon="eye" shortcut="s" isPressed={showsOrigins} onPress={onToggleOrigins}>
          {t('Sources')}
        </Button>
      </div>
      <ul className="profile-facts">
        {factLines(facts, layout.name).map((line) => (
          <li key={line.path}>
            <FactRow line={line} now={now} />
          </li>
        ))}
      </ul>
      {none.length > 0 && <p className="profile-none">{t('Not known: {labels}', { labels: none.join(', ') })}</p>}
    </section>
  );
}
