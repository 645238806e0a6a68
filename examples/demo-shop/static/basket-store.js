import { keep, recall } from './dom.js';

/** The basket of this browser: stock code to quantity. */
const NAME = 'basket';
const MOST_LINES = 50;
const MOST_OF_ONE = 99;

export function basket() {
  try {
    const lines = Object.entries(JSON.parse(recall(NAME) ?? '{}'));
    return new Map(lines.filter(([sku, quantity]) => typeof sku === 'string' && Number.isInteger(quantity) && quantity > 0));
  } catch {
    return new Map();
  }
}

/** @param quantity 0 takes it out. */
export function setLine(sku, quantity) {
  const lines = basket();
  if (quantity > 0 && (lines.has(sku) || lines.size < MOST_LINES)) lines.set(sku, Math.min(quantity, MOST_OF_ONE));
  else lines.delete(sku);
  keep(NAME, JSON.stringify(Object.fromEntries(lines)));
  dispatchEvent(new Event('basket'));
}

export const addLine = (sku, quantity) => setLine(sku, (basket().get(sku) ?? 0) + quantity);

export function emptyBasket() {
  keep(NAME, '{}');
  dispatchEvent(new Event('basket'));
}

export const count = () => [...basket().values()].reduce((sum, quantity) => sum + quantity, 0);

/** Delivery costs £2.95, and nothing from £30 on. */
export const deliveryOf = (sum) => (sum >= 30 ? 0 : 2.95);
