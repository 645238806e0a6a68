/** What is asked, of whom, and what the right answer is: the same for every contestant. */

/** Customers are numbered from 1 up to here. */
export const CUSTOMERS = 10_000;
/** How many of a customer's orders are asked for, and how many the back end has. */
const [ASKED_ORDERS, ORDERS] = [3, 5];

const COUNTRIES = ['United Kingdom', 'Germany', 'France', 'Norway', 'Portugal'];
const TIERS = ['BRONZE', 'SILVER', 'GOLD'];

/** The document that every request carries. */
const QUERY = `query Profile($first: Int!) {
  customer {
    name
    country
    loyalty { points tier }
    orders(first: $first) { edges { node { invoiceNo total } } }
  }
}`;

/** The body of every request; who asks stands in the cookie. */
export const REQUEST_BODY = JSON.stringify({ query: QUERY, variables: { first: ASKED_ORDERS } });

/** The CRM's record of customer `n`. Like the others, it holds more than is asked for. */
export function crmRecord(n: number) {
  return {
    ...{ customerId: String(n), name: `Ada Lovelace the ${n}th`, country: COUNTRIES[n % COUNTRIES.length] },
    ...{ email: `ada.${n}@example.com`, memberSince: `20${10 + (n % 15)}-03-0${1 + (n % 9)}` },
  };
}

/** The loyalty programme's record of customer `n`. */
export function loyaltyRecord(n: number) {
  return { customerId: String(n), points: (n * 37) % 5_000, tier: TIERS[n % TIERS.length], spent: ((n * 37) % 5_000) + 0.5 };
}

/** Customer `n`'s orders, as rows that name their customer. */
export function orderRows(n: number) {
  return Array.from({ length: ORDERS }, (_, index) => ({
    ...{ customerId: String(n), invoiceNo: `5${n}${index}`, date: `2026-0${1 + index}-17`, total: ((n * 31 + index * 7) % 900) + 0.25 },
  }));
}

/** The answer of customer `n`, as `JSON.stringify` writes it. */
export function expectedAnswer(n: number): string {
  const { name, country } = crmRecord(n);
  const { points, tier } = loyaltyRecord(n);
  const edges = orderRows(n)
    .slice(0, ASKED_ORDERS)
    .map(({ invoiceNo, total }) => ({ node: { invoiceNo, total } }));
  return JSON.stringify({ data: { customer: { name, country, loyalty: { points, tier }, orders: { edges } } } });
}
