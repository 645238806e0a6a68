import type { CustomerSummary } from '../model/identity.ts';

type Aged = Pick<CustomerSummary, 'id' | 'createdAt'>;

/** Sorts by the time when customers were stored, then by id, so that the order of a list never decides. */
export function oldestFirst(a: Aged, b: Aged): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);
}
