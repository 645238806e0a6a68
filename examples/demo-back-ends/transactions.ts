import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/** One real invoice line of the UCI data set "Online Retail". */
export interface InvoiceLine {
  readonly invoiceNo: string;
  readonly sku: string;
  readonly description: string;
  /** Negative on a cancellation. */
  readonly quantity: number;
  /** ISO, without time of day: the data has none. */
  readonly date: string;
  /** GBP. */
  readonly unitPrice: number;
  /** Empty for about a quarter of the lines. */
  readonly customerId: string;
  readonly country: string;
}

export const TRANSACTIONS_FILE = new URL('./data/online-retail-2010-12.csv', import.meta.url);

export function readTransactions(): InvoiceLine[] {
  const rows: Record<string, string>[] = parse(readFileSync(TRANSACTIONS_FILE, 'utf8'), { columns: true, bom: true });
  return rows.map((row) => ({
    invoiceNo: row.InvoiceNo ?? '',
    sku: row.StockCode ?? '',
    description: (row.Description ?? '').trim().replace(/\s+/g, ' '),
    quantity: Number(row.Quantity),
    date: isoDate(row.InvoiceDate ?? ''),
    unitPrice: Number(row.UnitPrice),
    customerId: row.CustomerID ?? '',
    country: row.Country ?? '',
  }));
}

/** @param text day/month/year. */
function isoDate(text: string): string {
  const [day = '', month = '', year = ''] = text.split('/');
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** Rounds to whole pence, which removes binary fractions. */
export function money(amount: number): number {
  return Math.round(amount * 100) / 100;
}
