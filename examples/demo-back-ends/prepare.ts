import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { inventPerson } from './invented-people.ts';
import { type InvoiceLine, money, readTransactions, TRANSACTIONS_FILE } from './transactions.ts';

export interface LoyaltyRecord {
  readonly customerId: string;
  /** One for each whole pound spent. */
  readonly points: number;
  readonly tier: 'BRONZE' | 'SILVER' | 'GOLD';
  /** GBP, less cancellations. */
  readonly spent: number;
}

/** Writes the data of the demo's back ends, derived from the real transactions. Does nothing when all files are newer than those. */
export function prepareDemoData(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const files = { crm: join(directory, 'crm.db'), products: join(directory, 'products.csv'), loyalty: join(directory, 'loyalty.json') };
  if (Object.values(files).every(isUpToDate)) return;
  const lines = readTransactions();
  replace(files.products, (path) => writeFileSync(path, productsCsv(lines)));
  replace(files.loyalty, (path) => writeFileSync(path, JSON.stringify(loyaltyOf(lines), null, 1)));
  replace(files.crm, (path) => writeCrm(path, lines));
}

function isUpToDate(file: string): boolean {
  const made = existsSync(file) ? statSync(file).mtimeMs : 0;
  return [TRANSACTIONS_FILE, new URL(import.meta.url)].every((source) => statSync(fileURLToPath(source)).mtimeMs < made);
}

/** Writes a file under another name and renames it, so that it is never there in part. */
function replace(file: string, write: (path: string) => void): void {
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true });
  write(draft);
  renameSync(draft, file);
}

/** Writes the CRM's database. Customer number and country are real, everything else is invented. */
function writeCrm(path: string, lines: readonly InvoiceLine[]): void {
  const database = new DatabaseSync(path);
  database.exec(
    'create table customer (customer_id text primary key, name text, country text, email text, phone text, member_since text) without rowid; begin',
  );
  const insert = database.prepare('insert into customer values (?, ?, ?, ?, ?, ?) on conflict do nothing');
  for (const { customerId, country } of lines) {
    if (customerId === '') continue;
    const { name, email, phone, memberSince } = inventPerson(customerId);
    insert.run(customerId, name, country, email, phone, memberSince);
  }
  database.exec('commit');
  database.close();
}

/** Every stock code, with the name and price of its last sale. */
function productsCsv(lines: readonly InvoiceLine[]): string {
  const products = new Map<string, { sku: string; name: string; price: number }>();
  for (const { sku, description, unitPrice } of lines) {
    const known = products.get(sku);
    products.set(sku, { sku, name: description || (known?.name ?? ''), price: unitPrice > 0 ? unitPrice : (known?.price ?? 0) });
  }
  return stringify([...products.values()], { header: true });
}

export function loyaltyOf(lines: readonly InvoiceLine[]): LoyaltyRecord[] {
  const spent = new Map<string, number>();
  for (const { customerId, quantity, unitPrice } of lines) {
    if (customerId !== '') spent.set(customerId, (spent.get(customerId) ?? 0) + quantity * unitPrice);
  }
  return [...spent].map(([customerId, amount]) => {
    const points = Math.max(0, Math.floor(money(amount)));
    return { customerId, points, tier: points >= 1_000 ? 'GOLD' : points >= 300 ? 'SILVER' : 'BRONZE', spent: money(amount) };
  });
}
