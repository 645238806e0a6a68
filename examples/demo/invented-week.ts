import { inventPerson } from '../demo-back-ends/invented-people.ts';

/** One interaction as `POST /interactions` takes it. */
export interface InventedInteraction {
  readonly id: string;
  readonly type: string;
  readonly touchpoint: string;
  /** ISO 8601. */
  readonly occurredAt: string;
  readonly pageUrl?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
}

/** Where the pages are. */
export interface Sites {
  readonly shop: string;
  readonly club: string;
}

/** Calls are an agent's: no other viewer may send to that touchpoint. */
export const AGENTS_TOUCHPOINT = 'callCentre';

/** Whose week it is. Numbers, invoices and tickets are those of the back ends; 17850 is left to the reader of the demo. */
export const [ELIF, BEN_PIKE] = ['13777', '13145'] as const;
const [BEN_GARNER, MAYA_PIKE] = ['17920', '12472'] as const;

/** Cookies of browsers: random in the gateway, and always the same here. */
const BROWSERS = {
  [ELIF]: '5b0c2a52-3f0e-4d43-9c39-0a7c1d3f6e11',
  [BEN_PIKE]: '8d7e1f04-6b1a-4c8f-8e55-2f9a4b7c9d22',
  [MAYA_PIKE]: 'c3a94e7b-91d2-4f6e-a1b8-7e5d0c2f8a33',
} as const;

/** Things of the shop: name, stock code and price in pounds, by the path of the page. */
const THINGS = {
  '/light-holder': ['White hanging heart T-light holder', '85123A', 2.55],
  '/cake-stand': ['Regency cakestand 3 tier', '22423', 12.75],
  '/alarm-clock': ['Alarm clock bakelike red', '22727', 3.75],
  '/flag-bottle': ['Knitted Union flag hot water bottle', '84029G', 3.75],
  '/lantern': ['White metal lantern', '71053', 8.47],
  '/nesting-boxes': ['Set 7 babushka nesting boxes', '22752', 8.5],
  '/hand-warmer': ['Hand warmer Scotty dog design', '22866', 2.1],
  '/paper-chain': ['Paper chain kit vintage Christmas', '22910', 2.95],
  '/heart-bottle': ['Red woolly hottie white heart', '84029E', 3.75],
} as const;
type Path = keyof typeof THINGS;
type Identifier = InventedInteraction['identifiers'][number];

/**
 * A week of some customers before the demo was started for the first time, so that the agent desktop has something to show: invented,
 * and the same at every first start but for the day. Oldest first.
 */
export function inventedWeek(now: Date, sites: Sites): readonly InventedInteraction[] {
  const week = new Week(now, sites);
  elifsWeek(week);
  bensWeek(week);
  mayasWeek(week);
  return week.interactions.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt));
}

/** A gold member who was nobody at first: newsletter, two visits without a name, log-in, app, shop, and a call about an invoice. */
function elifsWeek(week: Week): void {
  const [number, email, browser] = [crmId(ELIF), emailOf(ELIF), visitor(ELIF)];
  week.add(7, '07:52', 'email_opened', 'newsletter', [email], { subject: 'New for your window' });
  week.add(7, '07:53', 'email_clicked', 'newsletter', [email], { subject: 'New for your window' });
  week.browse(7, '07:54', [browser], ['/paper-chain', '/lantern', '/light-holder', '/cake-stand', '/nesting-boxes', '/cake-stand']);
  week.add(5, '20:11', 'search', 'web', [browser], { query: 'hot water bottle' });
  week.browse(5, '20:12', [browser], ['/flag-bottle', '/heart-bottle', '/flag-bottle']);
  week.basket(5, '20:17', [browser], '/flag-bottle', 2);
  week.add(5, '20:19', 'logged_in', 'club', [number, browser], { method: 'customer number' });
  week.add(5, '20:22', 'email_opened', 'newsletter', [number, email], { subject: 'Your invoice 536577' });
  week.browse(4, '12:35', [number], ['/hand-warmer', '/alarm-clock', '/cake-stand', '/light-holder'], 'ios');
  week.basket(4, '12:41', [number], '/cake-stand', 1, 'ios');
  const phone = { type: 'phone', value: inventPerson(ELIF).phone };
  week.add(3, '16:05', 'store_visit', 'store', [number, phone], { store: 'York', reason: 'asked for a lantern' });
  week.add(2, '10:24', 'call', AGENTS_TOUCHPOINT, [number], { subject: 'When will 536577 arrive?', durationSeconds: 312 });
  week.add(2, '10:30', 'note', AGENTS_TOUCHPOINT, [number], {
    text: 'The carrier has no trace of 536577. I promised an answer within two days.',
    outcome: 'Follow up',
  });
  week.browse(1, '21:40', [browser], ['/cake-stand', '/nesting-boxes', '/lantern', '/paper-chain']);
  week.basket(1, '21:46', [browser], '/nesting-boxes', 1);
}

/** One person with two customer numbers, under two names and one phone number: something to merge. */
function bensWeek(week: Week): void {
  const [number, browser] = [crmId(BEN_PIKE), visitor(BEN_PIKE)];
  week.browse(6, '18:20', [browser], ['/alarm-clock', '/hand-warmer', '/light-holder']);
  week.basket(6, '18:26', [browser], '/light-holder', 6);
  week.add(6, '18:28', 'logged_in', 'club', [number, browser], { method: 'customer number' });
  week.add(6, '18:31', 'purchase', 'web', [number], { total: 15.3, currency: 'GBP', items: 6 });
  week.add(4, '09:15', 'store_visit', 'store', [number], { store: 'Leeds', reason: 'returned a light holder' });
  const other = crmId(BEN_GARNER);
  week.add(3, '08:02', 'email_opened', 'newsletter', [other, emailOf(BEN_GARNER)], { subject: 'For cold evenings' });
  week.browse(3, '19:44', [other], ['/hand-warmer', '/heart-bottle'], 'ios');
  week.add(3, '19:52', 'purchase', 'ios', [other], { total: 5.85, currency: 'GBP', items: 2 });
}

/** Abroad, and buys by the app. */
function mayasWeek(week: Week): void {
  const [number, email, browser] = [crmId(MAYA_PIKE), emailOf(MAYA_PIKE), visitor(MAYA_PIKE)];
  week.browse(6, '13:02', [browser], ['/nesting-boxes', '/paper-chain', '/light-holder', '/lantern']);
  week.add(6, '13:09', 'logged_in', 'club', [number, browser], { method: 'customer number' });
  week.add(4, '07:30', 'email_clicked', 'newsletter', [number, email], { subject: 'Delivery abroad takes four days' });
  week.browse(4, '07:31', [number], ['/nesting-boxes', '/heart-bottle'], 'ios');
  week.basket(4, '07:36', [number], '/nesting-boxes', 2, 'ios');
  week.add(4, '07:38', 'purchase', 'ios', [number], { total: 17, currency: 'GBP', items: 2 });
  week.add(1, '11:12', 'ticket_opened', 'newsletter', [number], {
    subject: 'When will 537201 arrive?',
    ticketId: 'T-537201',
    status: 'Open',
  });
}

const crmId = (value: string): Identifier => ({ type: 'crmId', value });
const emailOf = (customer: string): Identifier => ({ type: 'email', value: inventPerson(customer).email });
const visitor = (customer: keyof typeof BROWSERS): Identifier => ({ type: 'visitorId', value: BROWSERS[customer] });

/** Collects interactions by day and time. */
class Week {
  readonly interactions: InventedInteraction[] = [];
  readonly #now: Date;
  readonly #sites: Sites;

  constructor(now: Date, sites: Sites) {
    this.#now = now;
    this.#sites = sites;
  }

  /** @param daysAgo whole days before today, at least 1, so that nothing lies ahead; `time` of this machine's clock. */
  add(
    daysAgo: number,
    time: string,
    type: string,
    touchpoint: string,
    identifiers: readonly Identifier[],
    properties: Readonly<Record<string, unknown>>,
    { path, seconds = 0 }: { readonly path?: string; readonly seconds?: number } = {},
  ): void {
    const [hours, minutes] = time.split(':').map(Number) as [number, number];
    const at = new Date(this.#now);
    at.setDate(at.getDate() - daysAgo);
    at.setHours(hours, minutes, seconds, 0);
    const site = touchpoint === 'club' ? this.#sites.club : touchpoint === 'web' ? this.#sites.shop : null;
    this.interactions.push({
      id: `invented-week-${this.interactions.length + 1}`,
      type,
      touchpoint,
      occurredAt: at.toISOString(),
      ...(site !== null && { pageUrl: `${site}${path ?? '/'}` }),
      properties,
      identifiers,
    });
  }

  /** Looks at pages one after another, 37 seconds apart. */
  browse(daysAgo: number, time: string, identifiers: readonly Identifier[], paths: readonly Path[], touchpoint = 'web'): void {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    for (const [index, path] of paths.entries()) {
      this.add(
        daysAgo,
        `${hours}:${minutes}`,
        'page_view',
        touchpoint,
        identifiers,
        { title: THINGS[path][0] },
        { path, seconds: index * 37 },
      );
    }
  }

  basket(daysAgo: number, time: string, identifiers: readonly Identifier[], path: Path, quantity: number, touchpoint = 'web'): void {
    const [name, sku, price] = THINGS[path];
    this.add(daysAgo, time, 'add_to_cart', touchpoint, identifiers, { sku, name, price, currency: 'GBP', quantity }, { path });
  }
}
