import { describe, expect, it } from 'vitest';
import { lock } from '../../../agent-desktop/src/customer/locking.ts';
import { emptyState, readCustomer, withSource } from '../../../agent-desktop/src/customer/read-answer.ts';
import { layout, MAYA } from '../layout.ts';

const at = <T extends { state: string }>(
  values: readonly (T & { fact?: { path: string }; list?: { path: string } })[],
  path: string,
): T => {
  const found = values.find((value) => (value.fact ?? value.list)?.path === path);
  if (found === undefined) throw new Error(`no value at ${path}`);
  return found;
};

function read(answer: Parameters<typeof readCustomer>[1]) {
  const state = readCustomer(layout(), answer, 'node');
  if (state === null) throw new Error('no customer');
  return state;
}

describe('what a document answers about a customer', () => {
  it('is a value for each fact, in the order of the layout', () => {
    const { facts, name } = read({ data: { node: MAYA } });
    expect(name).toBe('Maya Ashdown');
    expect(facts.map(({ fact, state, value }) => [fact.path, state, value])).toEqual([
      ['name', 'value', 'Maya Ashdown'],
      ['email', 'value', 'maya@example.com'],
      ['country', 'value', 'United Kingdom'],
      ['loyalty.tier', 'value', 'GOLD'],
      ['loyalty.points', 'value', 5391],
      ['pointsToNextTier', 'value', 0],
    ]);
  });

  it('is locked where the agent must confirm first or has not the role, and failed where a source did not answer', () => {
    const { facts } = read({
      data: { node: { ...MAYA, email: null, country: null, loyalty: null, pointsToNextTier: null } },
      errors: [
        { message: '', path: ['node', 'email'], extensions: { code: 'INSUFFICIENT_ASSURANCE' } },
        { message: '', path: ['node', 'pointsToNextTier'], extensions: { code: 'FORBIDDEN' } },
        { message: '', path: ['node', 'loyalty'], extensions: { code: 'SOURCE_TIMEOUT', source: 'loyalty' } },
      ],
    });
    expect(at(facts, 'email')).toMatchObject({ state: 'locked', value: null, code: 'INSUFFICIENT_ASSURANCE' });
    expect(at(facts, 'pointsToNextTier')).toMatchObject({ state: 'locked', code: 'FORBIDDEN' });
    expect(at(facts, 'loyalty.points')).toMatchObject({ state: 'failed', source: 'loyalty', code: 'SOURCE_TIMEOUT' });
    expect(at(facts, 'country')).toMatchObject({ state: 'empty', code: null });
  });

  it('does not take the error of a longer path, or of another root, for its own', () => {
    const { lists } = read({
      data: { node: { ...MAYA, tickets: null } },
      errors: [
        { message: '', path: ['node', 'tickets', 0, 'agentNote'], extensions: { code: 'FORBIDDEN' } },
        { message: '', path: ['other', 'tickets'], extensions: { code: 'FORBIDDEN' } },
      ],
    });
    expect(at(lists, 'tickets').state).toBe('empty');
  });

  it('says where each value came from, of a field in a record where its record came from', () => {
    const { facts } = read({
      data: { node: MAYA },
      extensions: {
        provenance: [
          { path: ['node', 'name'], source: 'crm', fetchedAt: '2010-12-03T14:32:00.000Z', stale: false },
          { path: ['node', 'loyalty'], source: 'loyalty', fetchedAt: '2010-12-03T14:28:00.000Z', stale: true },
        ],
      },
    });
    expect(at(facts, 'name')).toMatchObject({ source: 'crm', fetchedAt: '2010-12-03T14:32:00.000Z', stale: false });
    expect(at(facts, 'loyalty.tier')).toMatchObject({ source: 'loyalty', stale: true });
    expect(at(facts, 'country')).toMatchObject({ source: null, fetchedAt: null });
  });

  it('has the entries of lists and of connections, with the cursor of the next page', () => {
    const { lists } = read({ data: { node: { ...MAYA, tickets: [] } } });
    expect(at(lists, 'orders')).toMatchObject({ state: 'value', entries: [{ invoiceNo: '536790' }], next: 'c' });
    expect(at(lists, 'tickets')).toMatchObject({ state: 'empty', entries: [], next: null });
  });

  it('is no customer where nobody has the identifier', () => {
    expect(readCustomer(layout(), { data: { customerByIdentifier: null } }, 'customerByIdentifier')).toBeNull();
    expect(readCustomer(layout(), { data: null, errors: [{ message: 'refused' }] }, 'node')).toBeNull();
  });

  it('is loading everywhere before it came', () => {
    const states = [...emptyState(layout()).facts, ...emptyState(layout()).lists].map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['loading']));
  });
});

describe('one source asked again', () => {
  it('changes its own facts, lists and status and leaves the others', () => {
    const before = read({
      data: { node: { ...MAYA, loyalty: null, sources: [MAYA.sources[0], { ...MAYA.sources[1], status: 'FAILED' }] } },
      errors: [{ message: '', path: ['node', 'loyalty'], extensions: { code: 'SOURCE_TIMEOUT', source: 'loyalty' } }],
    });
    const answer = { data: { node: { id: 'c1', loyalty: MAYA.loyalty, sources: [MAYA.sources[1]] } } };
    const after = withSource(before, layout(), answer, 'node', 'loyalty');
    expect(at(after.facts, 'loyalty.points')).toMatchObject({ state: 'value', value: 5391 });
    expect(at(after.facts, 'name').value).toBe('Maya Ashdown');
    expect(at(after.lists, 'orders').entries).toHaveLength(1);
    expect(after.sources.map(({ status }) => status)).toEqual(['FRESH', 'FRESH']);
  });
});

describe('a confirmation that has run out', () => {
  it('takes out what needed it, and leaves the rest', () => {
    const confirmation = { method: 'One-time code', confirmedAt: '', expiresAt: '' };
    const after = lock(read({ data: { node: { ...MAYA, assurance: 'VERIFIED', confirmation } } }));
    expect(after).toMatchObject({ assurance: 'RECOGNIZED', confirmation: null, name: 'Maya Ashdown' });
    expect(at(after.facts, 'email')).toMatchObject({ state: 'locked', value: null });
    expect(at(after.facts, 'country').value).toBe('United Kingdom');
    expect(at(after.lists, 'tickets')).toMatchObject({ state: 'locked', entries: [] });
    expect(
      JSON.stringify([after.facts.map(({ value }) => value), after.lists.map(({ entries }) => entries), after.identifiers]),
    ).not.toMatch(/maya@example|T-1|•50/);
  });
});
