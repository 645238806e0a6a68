/** The requests, the records of the back ends and the right answers: the same for every contestant. */

/** Customers are numbered from 1 to this. */
export const CUSTOMERS = 10_000;
/** Orders of each customer: how many a request asks for, and how many the back end has. */
const [ASKED_ORDERS, ORDERS] = [3, 5];

const COUNTRIES = ['United Kingdom', 'Germany', 'France', 'Norway', 'Portugal'];
const TIERS = ['BRONZE', 'SILVER', 'GOLD'];

/** The document of every request. */
const QUERY = `query Profile($first: Int!) {
  customer {
    name
    country
    loyalty { points tier }
    orders(first: $first) { edges { node { invoiceNo total } } }
  }
}`;

/** The body of every request. The customer is in the cookie. */
export const REQUEST_BODY = JSON.stringify({ query: QUERY, variables: { first: ASKED_ORDERS } });

/** The CRM's record of customer `n`. It has more fields than requests ask for, as the other records have. */
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

/** The orders of customer `n`, as rows with the customer's number. */
export function orderRows(n: number) {
  return Array.from({ length: ORDERS }, (_, index) => ({
    ...{ customerId: String(n), invoiceNo: `5${n}${index}`, date: `2026-0${1 + index}-17`, total: ((n * 31 + index * 7) % 900) + 0.25 },
  }));
}

/** The right answer for customer `n`, as `JSON.stringify` writes it. */
export function expectedAnswer(n: number): string {
  const { name, country } = crmRecord(n);
  const { points, tier } = loyaltyRecord(n);
  const edges = orderRows(n)
    .slice(0, ASKED_ORDERS)
    .map(({ invoiceNo, total }) => ({ node: { invoiceNo, total } }));
  return JSON.stringify({ data: { customer: { name, country, loyalty: { points, tier }, orders: { edges } } } });
}
