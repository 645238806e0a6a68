import { describe, expect, it } from 'vitest';
import { listenToEmbedder } from '../../agent-desktop/src/embed/embed.ts';
import { readMessage } from '../../agent-desktop/src/embed/messages.ts';

describe('messages of the page around the frame', () => {
  it('are a token, or whom to open', () => {
    expect(readMessage({ type: 'customer-profile:token', token: 'a.b.c' })).toEqual({ type: 'customer-profile:token', token: 'a.b.c' });
    expect(readMessage({ type: 'customer-profile:open', customerId: 'x' })).toEqual({
      type: 'customer-profile:open',
      question: { id: 'x' },
    });
    expect(readMessage({ type: 'customer-profile:open', identifier: { type: 'phone', value: '+44', more: 1 } })).toEqual({
      type: 'customer-profile:open',
      question: { identifier: { type: 'phone', value: '+44' } },
    });
  });

  it.each([null, 'customer-profile:open', {}, { type: 'other' }, { type: 7 }])('are somebody else’s when they are %j', (data) => {
    expect(readMessage(data)).toBeNull();
  });

  it.each([
    { type: 'customer-profile:token' },
    { type: 'customer-profile:token', token: '' },
    { type: 'customer-profile:token', token: 'x'.repeat(20_000) },
    { type: 'customer-profile:open' },
    { type: 'customer-profile:open', customerId: 7 },
    { type: 'customer-profile:open', customerId: 'x', identifier: { type: 'phone', value: '1' } },
    { type: 'customer-profile:open', identifier: { type: 'phone' } },
    { type: 'customer-profile:open', identifier: { type: 'phone', value: 'x'.repeat(300) } },
  ])('say what was expected when they are wrong', (data) => {
    expect(readMessage(data)).toMatch(/^customer-profile:(token|open): expected /);
  });
});

describe('the frame', () => {
  const origin = 'https://tickets.example';

  /** A frame in a page, without a browser: what is posted to the page, and what happens in the frame. */
  function frameIn(embedders: readonly string[]) {
    const posted: { message: unknown; origin: string }[] = [];
    const done: unknown[] = [];
    const listeners = new Set<(event: object) => void>();
    const parent = { postMessage: (message: unknown, to: string) => posted.push({ message, origin: to }) };
    const frame = {
      parent,
      addEventListener: (_: string, listener: (event: object) => void) => listeners.add(listener),
      removeEventListener: (_: string, listener: (event: object) => void) => listeners.delete(listener),
    };
    const embedder = listenToEmbedder(
      { embedders, setToken: (token) => done.push(token), open: (question) => done.push(question) },
      frame as unknown as Window,
    );
    const receive = (event: { source?: object; origin?: string; data: unknown }) => {
      for (const listener of listeners) listener({ source: parent, origin, ...event });
    };
    return { posted, done, embedder, receive };
  }

  it('says that it is ready to the allowed origins alone, and never to everybody', () => {
    const { posted } = frameIn([origin, 'https://crm.example', '*', 'https://crm.example/path', 'no address']);
    expect(posted).toEqual([origin, 'https://crm.example'].map((to) => ({ message: { type: 'customer-profile:ready' }, origin: to })));
  });

  it('takes messages of its parent with an allowed origin, and of nobody else', () => {
    const { done, receive } = frameIn([origin]);
    const data = { type: 'customer-profile:token', token: 'a.b.c' };
    receive({ data, origin: 'https://evil.example' });
    receive({ data, origin: 'null' });
    receive({ data, source: {} });
    expect(done).toEqual([]);
    receive({ data });
    expect(done).toEqual(['a.b.c']);
  });

  it('answers the origin that spoke, once one did, and nothing after it stopped', () => {
    const { posted, done, embedder, receive } = frameIn([origin, 'https://crm.example']);
    receive({ data: { type: 'customer-profile:open', customerId: 'x' } });
    posted.length = 0;
    embedder.send({ type: 'customer-profile:opened', customerId: 'x', assurance: 'VERIFIED' });
    expect(posted.map((each) => each.origin)).toEqual([origin]);
    embedder.stop();
    receive({ data: { type: 'customer-profile:open', customerId: 'y' } });
    expect(done).toEqual([{ id: 'x' }]);
  });
});
