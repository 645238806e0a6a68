import { type InvoiceLine, money } from './transactions.ts';

export interface OrderLine {
  readonly sku: string;
  readonly description: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly total: number;
}

export interface Order {
  readonly customerId: string;
  readonly invoiceNo: string;
  readonly date: string;
  /** True when the invoice number begins with C: goods were returned. */
  readonly cancelled: boolean;
  readonly total: number;
  readonly lines: readonly OrderLine[];
}

/** The invoices of customers with a number, newest first. */
export function ordersOf(lines: readonly InvoiceLine[]): Order[] {
  const known = lines.filter(({ customerId }) => customerId !== '');
  const invoices = Map.groupBy(known, ({ customerId, invoiceNo }) => `${customerId} ${invoiceNo}`);
  return [...invoices.values()].map(toOrder).sort((a, b) => compare(b.date, a.date) || compare(b.invoiceNo, a.invoiceNo));
}

function toOrder(lines: readonly InvoiceLine[]): Order {
  const { customerId, invoiceNo, date } = lines[0] as InvoiceLine;
  const orderLines = lines.map(({ sku, description, quantity, unitPrice }) => ({
    sku,
    description,
    quantity,
    unitPrice,
    total: money(quantity * unitPrice),
  }));
  const total = money(orderLines.reduce((sum, line) => sum + line.total, 0));
  return { customerId, invoiceNo, date, cancelled: invoiceNo.startsWith('C'), total, lines: orderLines };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
