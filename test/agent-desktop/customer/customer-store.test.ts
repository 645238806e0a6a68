import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WireAnswer } from '../../../agent-desktop/src/customer/answer.ts';
import { CustomerStore } from '../../../agent-desktop/src/customer/customer-store.ts';
import { layout, MAYA } from '../layout.ts';

const NOW = Date.UTC(2010, 11, 3, 14, 32);
const CONFIRMED = {
  ...MAYA,
  assurance: 'VERIFIED',
  identifiers: [{ ...MAYA.identifiers[0], value: '17850' }],
  confirmation: { method: 'One-time code', confirmedAt: new Date(NOW).toISOString(), expiresAt: new Date(NOW + 1_800_000).toISOString() },
};
const LOCKED: WireAnswer = {
  data: { node: { ...MAYA, email: null, tickets: null } },
  errors: [{ message: '', path: ['node', 'email'], extensions: { code: 'INSUFFICIENT_ASSURANCE' } }],
};

/** A store whose gateway answers as the test says; `asked` has the names of the documents. */
function store(answer: (asked: readonly string[]) => WireAnswer | Promise<WireAnswer>, question = { id: 'c1' } as never) {
  const asked: string[] = [];
  const locked: string[] = [];
  const made = new CustomerStore(
    question,
    layout(),
    async ({ text }) => {
      asked.push(text);
      return answer(asked);
    },
    (id) => locked.push(id),
  );
  return { store: made, asked, locked };
}

const email = (of: CustomerStore) => of.current().facts.find(({ fact }) => fact.path === 'email');

describe('an open customer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is opened by an identifier, and read by id from then on', async () => {
    const { store: opened, asked } = store((so) => ({ data: so.length === 1 ? { customerByIdentifier: MAYA } : { node: MAYA } }), {
      identifier: { type: 'phone', value: '+44' },
    } as never);
    await opened.refresh();
    await opened.refresh();
    expect(asked).toEqual(['open', 'profile']);
    expect(opened.current()).toMatchObject({ id: 'c1', isLoading: false, isNobody: false });
  });

  it('is nobody where no customer has the identifier', async () => {
    const { store: opened } = store(() => ({ data: { node: null } }));
    await opened.refresh();
    expect(opened.current()).toMatchObject({ isNobody: true, isLoading: false });
  });

  it('keeps what it showed when the gateway cannot be reached', async () => {
    const { store: opened } = store((asked) => {
      if (asked.length > 1) throw new Error('offline');
      return { data: { node: MAYA } };
    });
    await opened.refresh();
    await opened.refresh();
    expect(opened.current()).toMatchObject({ name: 'Maya Ashdown', isRefreshing: false, error: new Error('offline') });
  });

  it('is gone once the gateway has no identifier of them any more, as after an erasure', async () => {
    const { store: opened } = store((asked) => ({ data: { node: { ...MAYA, identifiers: asked.length === 1 ? MAYA.identifiers : [] } } }));
    await opened.refresh();
    expect(opened.current().isGone).toBe(false);
    await opened.refresh();
    await opened.refresh();
    expect(opened.current().isGone).toBe(true);
  });

  it('drops an answer that comes after that to a later question', async () => {
    let answerFirst: (answer: WireAnswer) => void = () => {};
    const { store: opened } = store((asked) =>
      asked.length === 1 ? new Promise<WireAnswer>((resolve) => (answerFirst = resolve)) : { data: { node: CONFIRMED } },
    );
    const first = opened.refresh();
    await opened.refresh();
    answerFirst(LOCKED);
    await first;
    expect(email(opened)?.value).toBe('maya@example.com');
  });

  it('reads once for many changes in a row, and not more than once a second', async () => {
    const { store: opened, asked } = store(() => ({ data: { node: MAYA } }));
    for (let change = 0; change < 5; change += 1) opened.changed();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
    for (let change = 0; change < 5; change += 1) opened.changed();
    await vi.advanceTimersByTimeAsync(999);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(2);
  });

  it('is locked at the moment when the confirmation runs out, before the gateway has answered again', async () => {
    const { store: opened, locked } = store((asked) =>
      asked.length === 1 ? { data: { node: CONFIRMED } } : new Promise<WireAnswer>(() => {}),
    );
    await opened.refresh();
    await vi.advanceTimersByTimeAsync(1_799_999);
    expect(email(opened)?.value).toBe('maya@example.com');
    await vi.advanceTimersByTimeAsync(1);
    expect(email(opened)).toMatchObject({ state: 'locked', value: null });
    expect(opened.current()).toMatchObject({ assurance: 'RECOGNIZED', isConfirmationOver: true });
    expect(JSON.stringify([opened.current().identifiers, opened.current().lists])).not.toMatch(/17850|T-1/);
    expect(locked).toEqual(['c1']);
  });

  it('does not open again by an answer that was given while the confirmation counted', async () => {
    let late: (answer: WireAnswer) => void = () => {};
    const { store: opened } = store((asked) => {
      if (asked.length === 1) return { data: { node: CONFIRMED } };
      if (asked.length === 2) return new Promise<WireAnswer>((resolve) => (late = resolve));
      return LOCKED;
    });
    await opened.refresh();
    const reading = opened.refresh();
    await vi.advanceTimersByTimeAsync(1_800_000);
    late({ data: { node: CONFIRMED } });
    await reading;
    expect(email(opened)).toMatchObject({ state: 'locked', value: null });
  });

  it('asks the gateway seldom, and shows what it answers, while this machine’s clock is fast', async () => {
    let isOver = false;
    const { store: opened, asked } = store((so) => {
      if (so.length > 50) throw new Error('asked without end');
      return isOver ? LOCKED : { data: { node: CONFIRMED } };
    });
    vi.setSystemTime(NOW + 1_860_000);
    await opened.refresh();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(email(opened)?.value).toBe('maya@example.com');
    expect(asked.length).toBeLessThan(10);
    isOver = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(email(opened)).toMatchObject({ state: 'locked', value: null });
  });

  it('is locked where this machine’s clock is fast and the gateway cannot be asked', async () => {
    const { store: opened } = store((asked) => {
      if (asked.length > 1) throw new Error('offline');
      return { data: { node: CONFIRMED } };
    });
    vi.setSystemTime(NOW + 1_860_000);
    await opened.refresh();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(email(opened)).toMatchObject({ state: 'locked', value: null });
  });

  it('is locked after 30 minutes on a machine whose clock is slow', async () => {
    const { store: opened } = store((asked) => (asked.length === 1 ? { data: { node: CONFIRMED } } : new Promise<WireAnswer>(() => {})));
    vi.setSystemTime(NOW - 3_600_000);
    await opened.refresh();
    await vi.advanceTimersByTimeAsync(1_800_000);
    expect(email(opened)).toMatchObject({ state: 'locked', value: null });
  });

  it('keeps what a source answered alone, also where everything was asked meanwhile and the source failed for that', async () => {
    const FAILED: WireAnswer = {
      data: {
        node: { ...MAYA, loyalty: null, sources: [{ name: 'loyalty', status: 'FAILED', fetchedAt: null, errorCode: 'SOURCE_TIMEOUT' }] },
      },
      errors: [{ message: '', path: ['node', 'loyalty'], extensions: { code: 'SOURCE_TIMEOUT', source: 'loyalty' } }],
    };
    const answers: ((answer: WireAnswer) => void)[] = [];
    const { store: opened } = store((asked) => (asked.length === 1 ? FAILED : new Promise<WireAnswer>((resolve) => answers.push(resolve))));
    const tier = () => opened.current().facts.find(({ fact }) => fact.path === 'loyalty.tier')?.value;
    await opened.refresh();
    const alone = opened.refresh('loyalty');
    const everything = opened.refresh();
    answers[0]?.({ data: { node: MAYA } });
    await alone;
    expect(tier()).toBe('GOLD');
    answers[1]?.(FAILED);
    await everything;
    expect(tier()).toBe('GOLD');
  });

  it('asks a source again alone', async () => {
    const { store: opened, asked } = store(() => ({ data: { node: MAYA } }));
    await opened.refresh();
    const reading = opened.refresh('loyalty');
    expect([...opened.current().asking]).toEqual(['loyalty']);
    await reading;
    expect(asked).toEqual(['profile', 'loyalty']);
    expect([...opened.current().asking]).toEqual([]);
  });

  /** A customer whose loyalty failed, and everything is read again after that source was asked alone. */
  async function readAgainMeanwhile(again: () => WireAnswer | Promise<WireAnswer>) {
    let answerLoyalty: (answer: WireAnswer) => void = () => {};
    const failed = [{ name: 'loyalty', status: 'FAILED', fetchedAt: null, errorCode: 'SOURCE_UNAVAILABLE' }];
    const { store: opened } = store((asked) => {
      if (asked.length === 1) return { data: { node: { ...CONFIRMED, loyalty: null, sources: failed } } };
      if (asked.at(-1) === 'loyalty') return new Promise<WireAnswer>((resolve) => (answerLoyalty = resolve));
      return again();
    });
    await opened.refresh();
    const reading = opened.refresh('loyalty');
    void opened.refresh();
    await vi.advanceTimersByTimeAsync(0);
    const answer = (given: WireAnswer) => {
      answerLoyalty(given);
      return reading;
    };
    return { opened, answer };
  }
  const points = (of: CustomerStore) => of.current().facts.find(({ fact }) => fact.path === 'loyalty.points')?.value;

  it.each([
    ['has no answer yet', () => new Promise<WireAnswer>(() => {})],
    ['failed', () => Promise.reject(new Error('offline'))],
  ])('shows what a source answered alone where reading everything again %s', async (_, again) => {
    const { opened, answer } = await readAgainMeanwhile(again);
    await answer({ data: { node: { loyalty: MAYA.loyalty, sources: MAYA.sources } } });
    expect(points(opened)).toBe(5391);
  });

  it('drops what a source answered alone where everything was read later, or locked', async () => {
    const old = { data: { node: { loyalty: { points: 1 }, sources: MAYA.sources } } };
    const { opened, answer } = await readAgainMeanwhile(() => ({ data: { node: MAYA } }));
    await answer(old);
    expect(points(opened)).toBe(5391);
    const locked = await readAgainMeanwhile(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(1_800_000);
    await locked.answer(old);
    expect(points(locked.opened)).toBeNull();
  });
});
