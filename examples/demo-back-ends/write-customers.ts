import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ordersOf } from './orders.ts';
import { loyaltyOf } from './prepare.ts';
import { readTransactions } from './transactions.ts';

/**
 * Writes the customers of the real transactions as a file for `offers simulate`: one on each line, with country, loyalty and
 * invoices as the demo's back ends answer them, and a purchase for each invoice. Usage: node write-customers.ts FILE
 */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the name of the file to write: node examples/demo-back-ends/write-customers.ts FILE');

const lines = readTransactions();
const countries = new Map(lines.map(({ customerId, country }) => [customerId, country]));
const orders = Map.groupBy(ordersOf(lines), ({ customerId }) => customerId);
const customers = loyaltyOf(lines).map(({ customerId, points, tier, spent }) => {
  const invoices = orders.get(customerId) ?? [];
  return {
    identifiers: { crmId: customerId },
    customer: { country: countries.get(customerId), loyalty: { points, tier, spent }, orders: invoices },
    interactions: invoices
      .filter(({ cancelled }) => !cancelled)
      .map(({ invoiceNo, date, total }) => ({ id: invoiceNo, type: 'purchase', occurredAt: date, properties: { invoiceNo, total } })),
  };
});
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, customers.map((customer) => `${JSON.stringify(customer)}\n`).join(''));
process.stdout.write(`${file}: ${customers.length} customers\n`);
