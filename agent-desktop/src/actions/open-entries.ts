import { readPath } from '../customer/answer.ts';
import type { Entry, ListValue } from '../customer/customer-model.ts';
import type { Fact } from '../model/gateway.ts';

/** A list whose entries can be open: one that has a column `status` or `state` of fixed values. */
export interface OpenEntries {
  readonly list: ListValue;
  readonly entries: readonly OpenEntry[];
  /** Only the first page was read, so there may be more that are open. */
  readonly mayBeMore: boolean;
}

export interface OpenEntry {
  readonly key: string;
  /** What it is about. */
  readonly title: Column;
  readonly status: string;
  /** The rest, in the order of the schema. */
  readonly details: readonly Column[];
}

export interface Column {
  readonly fact: Fact;
  readonly value: unknown;
}

/** Values of a status that mean that something still has to be done. */
const OPEN = /^(OPEN|OPENED|REOPENED|NEW|PENDING|WAITING|UNRESOLVED|UNANSWERED|ESCALATED|IN_PROGRESS|ON_HOLD|TO_DO)$/i;
const IS_STATUS = /(^|\.)(status|state)$/i;
const IS_TITLE = /(^|\.)(subject|title|summary|name|topic|description)$/i;
/** A card is for the start of a call: the page of the list has everything. */
const MOST_DETAILS = 4;

/** @returns null for a list whose entries are neither open nor closed. */
export function openEntries(value: ListValue): OpenEntries | null {
  const { columns } = value.list;
  const status = columns.find(({ kind, path }) => kind === 'choice' && IS_STATUS.test(path));
  if (status === undefined) return null;
  const entries = value.entries.flatMap((entry, index) => {
    const is = readPath(entry, status.path);
    return typeof is === 'string' && OPEN.test(is) ? [openEntry(entry, is, columns, status, index)] : [];
  });
  return { list: value, entries, mayBeMore: value.next !== null };
}

function openEntry(entry: Entry, status: string, columns: readonly Fact[], statusColumn: Fact, index: number): OpenEntry {
  const known = columns
    .filter((fact) => fact !== statusColumn)
    .map((fact) => ({ fact, value: readPath(entry, fact.path) }))
    .filter(({ value }) => value !== null && value !== '');
  const title = known.find(({ fact }) => IS_TITLE.test(fact.path)) ?? known.find(({ fact }) => fact.kind === 'text') ?? known[0];
  return {
    key: `${index} ${String(known.find(({ fact }) => fact.kind === 'code')?.value ?? '')}`,
    title: title ?? { fact: statusColumn, value: status },
    status,
    details: known.filter((column) => column !== title).slice(0, MOST_DETAILS),
  };
}
