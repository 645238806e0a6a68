import { classOfType, identifierIcon, shortCode } from '../customer/identifier-icon.ts';
import { type CustomerIdentifier, useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { useNow } from '../pieces/now.ts';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { typeLabel } from '../text/type-name.ts';
import './identifiers.css';

/** Milliseconds within which somebody is here now. */
const NOW_WITHIN = 120_000;
/** A customer can have hundreds of browsers: the page of the identity graph shows them all. */
const MOST_SHOWN = 12;

/** What identifies the customer, most recently seen first; masked by the gateway until the agent confirmed. */
export function Identifiers() {
  const { t } = useText();
  const { identifiers, isLoading } = useOpenCustomer();
  const { show } = useCustomerPage();
  useShortcut({ key: 'g', label: t('Identity graph'), run: () => show('identity') });
  if (isLoading || identifiers === null || identifiers.length === 0) return null;
  const rest = identifiers.length - MOST_SHOWN;
  return (
    <section aria-labelledby="profile-identifiers">
      <div className="profile-section">
        <h2 id="profile-identifiers">
          {t('Identifiers')} <span className="number">{identifiers.length}</span>
        </h2>
        <Button kind="quiet" size="small" icon="graph" shortcut="g" onPress={() => show('identity')}>
          {t('Graph')}
        </Button>
      </div>
      <ul>
        {identifiers.slice(0, MOST_SHOWN).map((identifier) => (
          <IdentifierRow key={`${identifier.type} ${identifier.value} ${identifier.linkedAt}`} identifier={identifier} />
        ))}
      </ul>
      {rest > 0 && <p className="profile-none">{t('and {count} more', { count: rest })}</p>}
    </section>
  );
}

function IdentifierRow({ identifier }: { readonly identifier: CustomerIdentifier }) {
  const { t, formatDate, formatMoment } = useText();
  const { layout } = useOpenCustomer();
  const now = useNow(30_000);
  const isNow = now.getTime() - Date.parse(identifier.lastSeenAt) < NOW_WITHIN;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what hovering shows has to be reached by the keyboard as well.
    <li className="profile-identifier" tabIndex={0}>
      <Icon name={identifierIcon(identifier.type, classOfType(identifier.type, layout.identifiers))} size="small" />
      <span className="only-read">{typeLabel(identifier.type, t)} </span>
      <span className="code profile-cut">{shortCode(identifier.value)}</span>
      <span className="profile-seen">
        <span className="only-read">{t('last seen')} </span>
        {isNow ? t('now') : formatMoment(identifier.lastSeenAt, now)}
      </span>
      <span className="profile-identifier-origin">
        {t('since {date}', { date: formatDate(identifier.linkedAt) })} · {identifier.source}
      </span>
    </li>
  );
}
