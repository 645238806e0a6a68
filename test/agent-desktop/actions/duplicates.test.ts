import { describe, expect, it } from 'vitest';
import { duplicatesOf, valuesToCompare } from '../../../agent-desktop/src/actions/duplicates.ts';
import type { CustomerIdentifier, FactValue } from '../../../agent-desktop/src/customer/customer-model.ts';
import type { Fact } from '../../../agent-desktop/src/model/gateway.ts';
import { fact, layout } from '../layout.ts';

const has = (of: Fact, value: unknown, state: FactValue['state'] = 'value'): FactValue => ({
  fact: of,
  value,
  state,
  source: 'crm',
  fetchedAt: null,
  stale: false,
  code: null,
});
const EMAIL = fact('email', ['crm'], { kind: 'email' });
const MOBILE = fact('mobileNumber', ['crm']);
const identifier = (type: string, value: string): CustomerIdentifier => ({ type, value, linkedAt: '', lastSeenAt: '', source: '' });
const LAYOUT = layout({
  identifiers: [
    { type: 'crmId', class: 'person' },
    { type: 'email', class: 'person' },
    { type: 'phone', class: 'person' },
    { type: 'visitorId', class: 'cookie' },
  ],
});
const compared = (facts: readonly FactValue[], identifiers: readonly CustomerIdentifier[] | null = []) =>
  valuesToCompare({ facts, identifiers, layout: LAYOUT });

describe('what somebody else may have as well', () => {
  it('is an address or a number, once however it is written', () => {
    const facts = [has(fact('country', ['crm']), 'France'), has(EMAIL, 'Maya@Example.com'), has(MOBILE, '+44 (7700) 900-663')];
    const identifiers = [
      identifier('email', 'maya@example.com'),
      identifier('phone', '+447700900663'),
      identifier('email', 'm@club.example'),
    ];
    expect(compared(facts, identifiers)).toEqual([
      { label: 'email', value: 'Maya@Example.com' },
      { label: 'mobileNumber', value: '+44 (7700) 900-663' },
      { label: 'email', value: 'm@club.example' },
    ]);
  });

  it('is never a locked value, a masked one, the customer number or a browser', () => {
    const identifiers = [
      identifier('email', '•••.com'),
      identifier('crmId', '17850'),
      identifier('visitorId', '6f1c'),
      identifier('other', 'x'),
    ];
    expect(compared([has(EMAIL, null, 'locked'), has(EMAIL, null, 'failed')], identifiers)).toEqual([]);
    expect(compared([], null)).toEqual([]);
  });

  it('is asked for at most four times', () => {
    expect(
      compared(
        [],
        Array.from({ length: 9 }, (_, n) => identifier('email', `m${n}@example.com`)),
      ),
    ).toHaveLength(4);
  });
});

describe('who may be the same person', () => {
  it('is everybody else once, with all that is the same', () => {
    const [maya, club, office] = [{ id: 'maya' }, { id: 'club' }, { id: 'office' }];
    const found = [
      { label: 'email', customers: [maya, club] },
      { label: 'phone', customers: [club, office] },
      { label: 'email', customers: [club] },
    ];
    expect(duplicatesOf('maya', found)).toEqual([
      { id: 'club', customer: club, labels: ['email', 'phone'] },
      { id: 'office', customer: office, labels: ['phone'] },
    ]);
    expect(duplicatesOf('maya', [{ label: 'email', customers: [maya] }])).toEqual([]);
  });
});
