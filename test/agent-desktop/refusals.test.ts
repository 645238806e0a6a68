import type { FormattedExecutionResult, Sink } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusals } from '../../agent-desktop/src/connection/refusals.ts';

type Events = Sink<FormattedExecutionResult<Record<string, unknown>, unknown>>;

const REFUSED = [{ message: 'too many', extensions: { code: 'RATE_LIMITED' } }] as never;
const PAYLOAD = { query: '', variables: { id: 'a' } };

/** A client whose gateway the test plays: each subscription that was begun, by what it hears. */
function played() {
  const begun: Events[] = [];
  const stopped: number[] = [];
  const client = {
    subscribe: (_: unknown, sink: Events) => {
      const index = begun.push(sink) - 1;
      return () => void stopped.push(index);
    },
  };
  const onChange = vi.fn();
  const refusals = new Refusals(client as never, onChange);
  const sink = { next: vi.fn(), error: vi.fn(), complete: vi.fn() };
  return { begun, stopped, onChange, refusals, sink, stop: refusals.subscribe(PAYLOAD, sink) };
}

describe('a subscription that the gateway refuses', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is not live, and is begun again with pauses that grow', () => {
    const { begun, refusals, sink } = played();
    begun[0]?.error(REFUSED);
    expect(refusals.of('a')).toMatchObject({ kind: 'reconnecting' });
    expect(refusals.of('b')).toBeNull();
    vi.advanceTimersByTime(1_200);
    expect(begun).toHaveLength(2);
    begun[1]?.error(REFUSED);
    vi.advanceTimersByTime(1_200);
    expect(begun).toHaveLength(2);
    vi.advanceTimersByTime(1_200);
    expect(begun).toHaveLength(3);
    expect(sink.error).not.toHaveBeenCalled();
  });

  it('is live again once it has sent something, or was not refused for a while, from when it was lost', () => {
    const { begun, refusals, sink } = played();
    vi.advanceTimersByTime(60_000);
    const lostAt = Date.now();
    begun[0]?.error(REFUSED);
    expect(lostAt - (refusals.of('a')?.since.getTime() ?? 0)).toBeLessThanOrEqual(2_000);
    vi.advanceTimersByTime(1_200);
    begun[1]?.next({ data: { customerChanged: { id: 'a' } } });
    expect(refusals.of('a')).toBeNull();
    expect(sink.next).toHaveBeenCalledOnce();
    begun[1]?.error(REFUSED);
    vi.advanceTimersByTime(1_200);
    expect(refusals.of('a')).not.toBeNull();
    vi.advanceTimersByTime(2_000);
    expect(refusals.of('a')).toBeNull();
  });

  it('is begun again also where an answer without data and an end are the refusal', () => {
    const { begun, refusals, sink } = played();
    begun[0]?.next({ data: null, errors: REFUSED });
    begun[0]?.complete();
    expect(refusals.of('a')).not.toBeNull();
    expect(sink.complete).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_200);
    expect(begun).toHaveLength(2);
  });

  it('is begun no more when nobody wants it', () => {
    const { begun, stopped, refusals, stop } = played();
    begun[0]?.error(REFUSED);
    stop();
    vi.advanceTimersByTime(60_000);
    expect([begun.length, stopped, refusals.of('a')]).toEqual([1, [0], null]);
  });

  it('leaves a broken connection to the client', () => {
    const { begun, sink } = played();
    begun[0]?.error(new Error('4400'));
    vi.advanceTimersByTime(60_000);
    expect([begun.length, sink.error.mock.calls.length]).toEqual([1, 1]);
  });
});
