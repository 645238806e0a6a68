import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { rulesWith } from '../identity/histories.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

describe.each(STORES)('replaced cookies in $name', (kind) => {
  const rules = rulesWith('reassign-latest');
  const person = rules.types.find((type) => type.class === 'person')?.name as string;
  const type = rules.types.find((each) => each.class === 'cookie')?.name as string;
  const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, seconds));
  const cookie = (value: string) => ({ type, value });
  const open = () => openTestStore({ kind, rules });
  const rotation = (value: string, successor: string, seconds = 0) => ({
    ...{ cookie: cookie(value), successor, proof: 'a proof', kind: 'person' as const, at: at(seconds), source: 'test' },
    proven: [{ type: person, value: 'ada' }],
  });

  it('have the successor that was stored first, however many rotate at once', async () => {
    const store = await open();
    const outcomes = await Promise.all(['a', 'b', 'c'].map((successor) => store.rotate(rotation('old', successor))));
    const [retired] = await store.findRetired([cookie('old')]);
    // Which of them comes first is the store's affair.
    const successor = retired?.successor as string;
    expect(retired).toEqual({ successor: expect.stringMatching(/^[abc]$/), proof: 'a proof', retiredAt: at(0) });
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'retired', cookie: retired });
    const [ada, ...owners] = await store.findOwners([{ type: person, value: 'ada' }, ...['a', 'b', 'c', 'old'].map(cookie)]);
    expect(owners).toEqual(['a', 'b', 'c', 'old'].map((value) => (value === successor ? ada : null)));
    expect(await store.rotate(rotation(successor, 'd'))).toEqual({ kind: 'current', changes: [] });
  });

  it('never are successors again, also when they are forgotten', async () => {
    const store = await open();
    await store.rotate(rotation('old', 'first'));
    await store.rotate({ ...rotation('first', 'fresh', 1), kind: 'reset', proof: null, proven: [] });
    expect(await store.rotate(rotation('other', 'first', 2))).toEqual({ kind: 'spent' });
    for (let n = 3; n < 15; n++) await store.rotate(rotation(`old${n}`, `new${n}`, n));
    expect(await store.findRetired([cookie('old'), cookie('first')])).toEqual([null, null]);
    expect(await store.rotate(rotation('old', 'first', 16))).toEqual({ kind: 'spent' });
    expect(await store.findOwners([cookie('first'), cookie('old')])).toEqual([null, null]);
    expect(await store.rotate(rotation('old', 'second', 17))).toMatchObject({ kind: 'retired', cookie: { successor: 'second' } });
  });

  it('are linked by no event, and remembered of one customer up to ten', async () => {
    const store = await open();
    for (let n = 0; n < 12; n++) await store.rotate(rotation(`old${n}`, `new${n}`, n));
    const found = await store.findRetired(Array.from({ length: 12 }, (_, n) => cookie(`old${n}`)));
    expect(found.map((retired) => retired?.successor ?? null)).toEqual([
      null,
      null,
      ...Array.from({ length: 10 }, (_, n) => `new${n + 2}`),
    ]);
    const identifiers = [{ type: person, value: 'ben' }, cookie('old5')];
    const decision = await store.commit({ identifiers, occurredAt: at(60), source: 'test', eventId: null });
    expect(decision).toMatchObject({ kind: 'changes', leftOut: [{ ...cookie('old5'), reason: 'CONFLICTING_IDENTIFIERS' }] });
    expect(await store.findOwners([cookie('old5')])).toEqual([null]);
  });

  it('are erased as often as their value comes back', async () => {
    const store = await open();
    const later = (seconds: number) => new Date(Date.now() + seconds * 1000);
    for (const round of [1, 2, 3]) {
      const erasedBefore = later(round * 60);
      await store.rotate({ ...rotation('old', `new${round}`), at: erasedBefore });
      expect(await store.findRetired([cookie('old')])).toMatchObject([{ successor: `new${round}` }]);
      const [ada] = await store.findOwners([{ type: person, value: 'ada' }]);
      await store.erase({ customerId: ada as CustomerId, at: erasedBefore, source: 'test', actor: null });
      expect(await store.findRetired([cookie('old')])).toEqual([null]);
    }
  });
});
