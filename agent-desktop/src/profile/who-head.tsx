import type { ReactNode } from 'react';
import { shortCode } from '../customer/identifier-icon.ts';
import { type CustomerIdentifier, type OpenCustomer, useOpenCustomer } from '../customer/open-customer.tsx';
import { Bars } from '../pieces/bars.tsx';
import { useIsSlow } from '../pieces/now.ts';
import { Seal } from '../pieces/seal.tsx';
import { useText } from '../text/text.tsx';
import { isVisitor, strongestIdentifier } from './customer-title.ts';
import { Sure } from './sure.tsx';
import { WhoMenu } from './who-menu.tsx';
import './who-head.css';

/** The customer's name and number, and how sure it is that this is them. */
export function WhoHead({ end }: { readonly end?: ReactNode }) {
  const { t } = useText();
  const customer = useOpenCustomer();
  const isSlow = useIsSlow(customer.isLoading);
  if (customer.isLoading)
    return (
      <div className="profile-head">
        <div className="profile-title">{isSlow && <Bars count={2} />}</div>
        <span className="profile-head-end">{end}</span>
      </div>
    );
  const word = isVisitor(customer) ? t('Visitor') : t('Customer');
  return (
    <header>
      <div className="profile-head">
        <Seal assurance={customer.assurance} name={customer.name} />
        <div className="profile-title">
          <h1 className="profile-name">{customer.name ?? word}</h1>
          <CustomerNumber identifier={strongestIdentifier(customer)} word={customer.name === null ? null : word} customer={customer} />
        </div>
        <span className="profile-head-end">
          {end}
          <WhoMenu />
        </span>
      </div>
      <Sure />
    </header>
  );
}

interface CustomerNumberProps {
  readonly identifier: CustomerIdentifier | null;
  readonly word: string | null;
  readonly customer: OpenCustomer;
}

function CustomerNumber({ identifier, word, customer }: CustomerNumberProps) {
  const { t } = useText();
  if (identifier === null)
    return customer.identifiers === null ? null : <p className="profile-number">{t('Nothing links to this customer')}</p>;
  return (
    <p className="profile-number">
      {word} <span className="code">{shortCode(identifier.value)}</span>
    </p>
  );
}
