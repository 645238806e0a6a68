import type { Fact, FactList, ProfileLayout } from '../../agent-desktop/src/model/gateway.ts';

/** A layout of a customer with a record, a locked field, a field of two sources and two lists. */
export function layout(change: Partial<ProfileLayout> = {}): ProfileLayout {
  const document = (text: string) => ({ id: `sha256:${text}`, text });
  return {
    methods: ['Security questions', 'One-time code'],
    outcomes: ['Solved'],
    examples: [],
    placement: 'agent',
    touchpoint: 'callCentre',
    agentsConfirm: true,
    identifiers: [
      { type: 'crmId', class: 'person' },
      { type: 'visitorId', class: 'cookie' },
    ],
    touchpoints: [],
    name: 'name',
    head: ['name', 'country'],
    facts: [
      fact('name', ['crm']),
      fact('email', ['crm'], { min: 'VERIFIED', kind: 'email' }),
      fact('country', ['crm', 'orders']),
      fact('loyalty.tier', ['loyalty'], { kind: 'choice' }),
      fact('loyalty.points', ['loyalty'], { kind: 'number' }),
      fact('pointsToNextTier', [], { kind: 'number' }),
    ],
    offers: [],
    keys: [{ source: 'crm', type: 'crmId' }],
    lists: [list('orders', ['orders'], { isConnection: true }), list('tickets', ['support'], { min: 'VERIFIED' })],
    documents: {
      find: document('find'),
      profile: document('profile'),
      open: document('open'),
      head: document('head'),
      bySource: { crm: document('crm'), loyalty: document('loyalty'), support: document('support') },
      byList: {},
    },
    ...change,
  };
}

export const fact = (path: string, sources: string[], change: Partial<Fact> = {}): Fact => ({
  path,
  label: path,
  description: null,
  kind: 'text',
  isList: false,
  sources,
  min: 'RECOGNIZED',
  ...change,
});

export const list = (path: string, sources: string[], change: Partial<FactList> = {}): FactList => ({
  path,
  label: path,
  description: null,
  isConnection: false,
  sources,
  min: 'RECOGNIZED',
  columns: [],
  inner: [],
  ...change,
});

/** A customer whom every source answered. */
export const MAYA = {
  id: 'c1',
  assurance: 'RECOGNIZED',
  name: 'Maya Ashdown',
  email: 'maya@example.com',
  country: 'United Kingdom',
  loyalty: { tier: 'GOLD', points: 5391 },
  pointsToNextTier: 0,
  orders: { edges: [{ node: { invoiceNo: '536790' } }], pageInfo: { hasNextPage: true, endCursor: 'c' } },
  tickets: [{ id: 'T-1' }],
  identifiers: [{ type: 'crmId', value: '•••50', linkedAt: '2009-07-22', lastSeenAt: '2010-12-03', source: 'import' }],
  confirmation: null,
  sources: [
    { name: 'crm', status: 'FRESH', fetchedAt: '2010-12-03T14:32:00.000Z', errorCode: null },
    { name: 'loyalty', status: 'FRESH', fetchedAt: '2010-12-03T14:32:00.000Z', errorCode: null },
  ],
};
