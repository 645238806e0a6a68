import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { DecisionToKeep, KeptDecision, OfferEvidence } from '../../../src/model/offer.ts';
import { KeptDecisions } from '../../../src/offers/choosing/kept-decisions.ts';
import { LearnedEvidence } from '../../../src/offers/choosing/learned-evidence.ts';

function toKeep(id: string, options: Partial<DecisionToKeep> = {}, stickyUntil: Date | null = null): DecisionToKeep {
  const at = new Date(0);
  const names = { customerId: 'c' as CustomerId, placement: 'home', touchpoint: null, viewerRole: 'CUSTOMER', inputs: '' } as const;
  const decision = { id, ...names, decidedAt: at, stickyUntil, isControl: false, isFallback: false, offers: [] };
  return { decision, reserve: [], mayStore: true, holder: 'h', ...options };
}

/** A store whose writes end when the test says so. */
function slowStore() {
  const writes: { readonly toKeep: DecisionToKeep; readonly end: PromiseWithResolvers<KeptDecision> }[] = [];
  const lost: unknown[] = [];
  const keepDecision = (given: DecisionToKeep) => {
    const end = Promise.withResolvers<KeptDecision>();
    writes.push({ toKeep: given, end });
    return end.promise;
  };
  return { writes, lost, kept: new KeptDecisions({ keepDecision }, (error) => void lost.push(error)) };
}

describe('a decision', () => {
  it('is written once for its id, and no request waits for it', () => {
    const { kept, writes } = slowStore();
    expect([kept.keep(toKeep('a')), kept.keep(toKeep('a')), kept.keep(toKeep('b'))]).toEqual([null, null, null]);
    expect(writes.map((write) => write.toKeep.decision.id)).toEqual(['a', 'b']);
  });

  it('is waited for at a sticky placement and with a reservation, each time', () => {
    const { kept, writes } = slowStore();
    const reserve = [{ offer: 'o', caps: [] }];
    for (let times = 0; times < 2; times++) {
      expect(kept.keep(toKeep('a', {}, new Date(1)))).toBeInstanceOf(Promise);
      expect(kept.keep(toKeep('b', { reserve }))).toBeInstanceOf(Promise);
      expect(kept.keep(toKeep('c', { reserve, mayStore: false }))).toBeInstanceOf(Promise);
    }
    expect(writes).toHaveLength(6);
  });

  it('is not written where nothing may be stored and nothing is reserved', () => {
    const { kept, writes } = slowStore();
    expect([kept.keep(toKeep('a', { mayStore: false })), writes]).toEqual([null, []]);
  });

  it('is waited for while a thousand others wait', async () => {
    const { kept, writes } = slowStore();
    for (let id = 0; id < 1_000; id++) expect(kept.keep(toKeep(`${id}`))).toBeNull();
    const waiting = kept.keep(toKeep('one more'));
    expect(waiting).toBeInstanceOf(Promise);
    for (const { toKeep: written, end } of writes) end.resolve({ outcome: 'kept', decision: written.decision });
    expect(await waiting).toMatchObject({ outcome: 'kept', decision: { id: 'one more' } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept.keep(toKeep('later'))).toBeNull();
  });

  it('that could not be kept is reported, and written when it is made again', async () => {
    const { kept, writes, lost } = slowStore();
    kept.keep(toKeep('a'));
    const failure = new Error('disk full');
    writes[0]?.end.reject(failure);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lost).toEqual([failure]);
    kept.keep(toKeep('a'));
    expect(writes).toHaveLength(2);
  });
});

describe('what was learned', () => {
  const found: OfferEvidence = { placement: 'home', offer: 'a', presented: 2, responded: 1, at: new Date(0) };

  it('is read once for all who ask within a second, and again afterwards', async () => {
    let [time, reads] = [1_000_000, 0];
    const findEvidence = async () => {
      reads++;
      return [found];
    };
    const learned = new LearnedEvidence({ findEvidence }, () => new Date(time));
    const [home, other] = await Promise.all([learned.of('home'), learned.of('other')]);
    expect([home.get('a'), other.size, reads]).toEqual([found, 0, 1]);
    time += 999;
    await learned.of('home');
    expect(reads).toBe(1);
    time += 1;
    await learned.of('home');
    expect(reads).toBe(2);
    // A clock that was set back does not keep it for ever.
    time -= 500_000;
    await learned.of('home');
    expect(reads).toBe(3);
  });

  it('here is known to the next decision, however many responses there are, and nothing is read for it', async () => {
    let reads = 0;
    const findEvidence = async () => {
      reads++;
      return [found];
    };
    const learned = new LearnedEvidence({ findEvidence }, () => new Date(0));
    learned.learn({ ...found, presented: 100 });
    for (let presented = 3; presented < 50; presented++) {
      const asked = learned.of('home');
      learned.learn({ ...found, presented });
      learned.learn({ ...found, placement: 'new', presented });
      await asked;
      expect((await learned.of('home')).get('a')).toEqual({ ...found, presented });
      expect((await learned.of('new')).get('a')?.presented).toBe(presented);
    }
    expect(reads).toBe(1);
  });

  it('is read again after a failure', async () => {
    let isDown = true;
    const findEvidence = async () => {
      if (isDown) throw new Error('locked');
      return [found];
    };
    const learned = new LearnedEvidence({ findEvidence }, () => new Date(0));
    await expect(learned.of('home')).rejects.toThrow('locked');
    isDown = false;
    expect((await learned.of('home')).get('a')).toEqual(found);
  });
});
