import { describe, expect, it } from 'vitest';
import { openEntries } from '../../../agent-desktop/src/actions/open-entries.ts';
import type { Entry, ListValue } from '../../../agent-desktop/src/customer/customer-model.ts';
import type { Fact } from '../../../agent-desktop/src/model/gateway.ts';
import { fact, list } from '../layout.ts';

const STATUS = fact('status', [], { kind: 'choice' });
const COLUMNS = [fact('id', [], { kind: 'code' }), fact('subject', []), STATUS, fact('openedAt', [], { kind: 'time' })];

const listOf = (entries: readonly Entry[], columns: readonly Fact[] = COLUMNS, next: string | null = null): ListValue => ({
  list: list('tickets', ['support'], { columns }),
  state: 'value',
  entries,
  next,
  source: 'support',
  fetchedAt: null,
  stale: false,
  code: null,
});
const ticket = (id: string, status: unknown) => ({ id, subject: `About ${id}`, status, openedAt: '2010-12-02T09:00:00Z' });

describe('open entries of a list', () => {
  it('are those whose status says that something has to be done, in the order of the list', () => {
    const open = openEntries(listOf([ticket('T-1', 'CLOSED'), ticket('T-2', 'OPEN'), ticket('T-3', 'IN_PROGRESS'), ticket('T-4', null)]));
    expect(open?.entries.map(({ title, status }) => [title.value, status])).toEqual([
      ['About T-2', 'OPEN'],
      ['About T-3', 'IN_PROGRESS'],
    ]);
  });

  it.each(['DELIVERED', 'RESOLVED', 'REOPENABLE', 'CLOSED_OPEN', '', 7, {}])('are none with the status %j', (status) => {
    expect(openEntries(listOf([ticket('T-1', status)]))?.entries).toEqual([]);
  });

  it('do not exist where no column is a status of fixed values', () => {
    expect(openEntries(listOf([ticket('T-1', 'OPEN')], [fact('subject', []), fact('status', [])]))).toBeNull();
    expect(openEntries(listOf([], [fact('statusOfWeather', [], { kind: 'choice' })]))).toBeNull();
  });

  it('have the title that reads best, and no empty details, the status least of all', () => {
    const columns = [
      fact('id', [], { kind: 'code' }),
      fact('orderState', [], { kind: 'choice' }),
      STATUS,
      fact('total', [], { kind: 'number' }),
    ];
    const [entry] = openEntries(listOf([{ id: 'T-1', orderState: '', status: 'OPEN', total: null }], columns))?.entries ?? [];
    expect([entry?.title.value, entry?.details]).toEqual(['T-1', []]);
    const [bare] = openEntries(listOf([{ status: 'OPEN' }], [STATUS]))?.entries ?? [];
    expect(bare?.title).toEqual({ fact: STATUS, value: 'OPEN' });
  });

  it('may be more than these where only the first page was read', () => {
    expect(openEntries(listOf([ticket('T-1', 'CLOSED')], COLUMNS, 'cursor'))?.mayBeMore).toBe(true);
    expect(openEntries(listOf([ticket('T-1', 'CLOSED')]))?.mayBeMore).toBe(false);
  });

  it('have different keys, also with the same code', () => {
    const keys = openEntries(listOf([ticket('T-1', 'OPEN'), ticket('T-1', 'OPEN')]))?.entries.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });
});
