import type { ReactNode } from 'react';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { valueText } from '../customer/value-text.ts';
import { useText } from '../text/text.tsx';
import { WhoHead } from './who-head.tsx';
import './who-summary.css';

const MOST_SHOWN = 3;

/** In a narrow window: the customer in a few lines, with three facts. `end` stands at the right of the name. */
export function WhoSummary({ end }: { readonly end: ReactNode }) {
  const text = useText();
  const { facts, layout, isNobody } = useOpenCustomer();
  if (isNobody) return <div className="profile-summary-end">{end}</div>;
  const withValue = facts.filter(({ fact, state }) => state === 'value' && fact.path !== layout.name);
  // What is counted says most in a small space.
  const three = withValue.toSorted((a, b) => Number(b.fact.kind === 'number') - Number(a.fact.kind === 'number')).slice(0, MOST_SHOWN);
  return (
    <div className="profile-summary">
      <WhoHead end={end} />
      {three.length > 0 && (
        <dl className="profile-three">
          {three.map(({ fact, value }) => (
            <div key={fact.path}>
              <dt>{fact.label}</dt>
              <dd className="number">{valueText(fact, value, text)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
