import { type DataAdapter, defineAdapter, type GatewayConfigInput, issuedCookie, urlParameter } from '../../src/index.ts';

/** A schema with what the desktop shows: single values of several sources, a locked one, a record, a connection, a list. */
export const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    email: EmailAddress @from(source: "crm") @access(min: VERIFIED)
    phone: String @from(source: "crm") @access(min: VERIFIED)
    country: String @from(source: "crm")
    memberSince: Date @from(source: "crm")
    loyalty: Loyalty @from(source: "loyalty")
    orders(first: Int = 20, after: String): OrderConnection @from(source: "orders", cursor: "invoiceNo")
    tickets: [Ticket!] @from(source: "support")
    favouriteStore: String @from(source: "captured")
    purchases: Int @computed(of: "purchase", count: true)
  }
  type Loyalty { points: Int tier: LoyaltyTier }
  enum LoyaltyTier { BRONZE SILVER GOLD }
  type Order { invoiceNo: String! date: Date total: Float lines: [OrderLine!] }
  type OrderLine { sku: String! description: String quantity: Int total: Float }
  type Ticket { id: ID! subject: String status: TicketStatus openedAt: DateTime }
  enum TicketStatus { OPEN CLOSED }
`;

export const CONFIG: Partial<GatewayConfigInput> = {
  identifiers: {
    crmId: { class: 'person', unique: true, capture: [urlParameter('cid', { assurance: 'RECOGNIZED' })] },
    email: { class: 'person', normalize: 'email', limit: 5 },
    phone: { class: 'person', normalize: 'phone', region: 'GB' },
    visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
  },
  touchpoints: {
    web: { channel: 'WEB' },
    newsletter: { channel: 'EMAIL' },
    store: { channel: 'STORE' },
    callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
  },
};

interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly country: string;
  readonly memberSince: string;
}

/** Invented people. The first is whom tests call Maya. */
export const PEOPLE: Readonly<Record<string, Person>> = {
  17850: person('Maya Ashdown', '+447700900663', 'United Kingdom', '2009-07-22'),
  12583: person('Hugo Garner', '+447700900111', 'France', '2009-03-02'),
  13047: person('Kira Ashdown', '+447700900222', 'United Kingdom', '2010-03-11'),
  14688: person('Noor Ashdown', '+447700900333', 'Ireland', '2009-05-19'),
};

function person(name: string, phone: string, country: string, memberSince: string): Person {
  return { name, email: `${name.toLowerCase().replace(' ', '.')}@example.com`, phone, country, memberSince };
}

/** Back ends in memory, each of which can be stopped. */
export class BackEnds {
  readonly #stopped = new Set<string>();

  /** From now on every call of this source fails, until `start`. */
  stop(source: string): void {
    this.#stopped.add(source);
  }

  start(source: string): void {
    this.#stopped.delete(source);
  }

  readonly adapters: Readonly<Record<string, DataAdapter>> = {
    crm: this.#source('crm', (key) => PEOPLE[Number(key)] ?? null, {
      search: async (text: string) => {
        this.#check('crm');
        const isWanted = ({ name }: Person) => name.toLowerCase().includes(text.toLowerCase());
        return Object.entries(PEOPLE).flatMap(([key, each]) => (isWanted(each) ? [key] : []));
      },
    }),
    loyalty: this.#source('loyalty', (key) => (key in PEOPLE ? { points: 5391, tier: 'GOLD' } : null)),
    orders: this.#source('orders', (key) => (key in PEOPLE ? ORDERS : []), { many: true }),
    support: this.#source('support', (key) => (key in PEOPLE ? TICKETS : []), { many: true }),
  };

  #source(name: string, read: (key: string) => unknown, more: Partial<Parameters<typeof defineAdapter>[0]> = {}): DataAdapter {
    const load = async (keys: readonly (string | number)[]) => {
      this.#check(name);
      return keys.map((key) => read(String(key)) as never);
    };
    return defineAdapter({ key: 'crmId', load, ...more });
  }

  #check(source: string): void {
    if (this.#stopped.has(source)) throw new Error(`${source} is stopped`);
  }
}

const ORDERS = [
  {
    invoiceNo: '536790',
    date: '2010-12-02',
    total: 532.01,
    lines: [{ sku: '85123A', description: 'WHITE HANGING HEART', quantity: 6, total: 15.3 }],
  },
  {
    invoiceNo: '536407',
    date: '2010-12-01',
    total: 22.2,
    lines: [{ sku: '22632', description: 'HAND WARMER RED', quantity: 6, total: 11.1 }],
  },
];

const TICKETS = [
  { id: 'T-536790', subject: 'When will 536790 arrive?', status: 'OPEN', openedAt: '2010-12-02T09:00:00Z' },
  { id: 'T-536000', subject: 'Wrong colour', status: 'CLOSED', openedAt: '2010-11-02T09:00:00Z' },
];
