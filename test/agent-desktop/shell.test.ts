import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readAddress } from '../../agent-desktop/src/app/address.ts';
import { afterAct, MOST_TABS, NO_TABS, type OpenTab, type OpenTabs, type TabAct } from '../../agent-desktop/src/app/open-customers.ts';
import { tabName } from '../../agent-desktop/src/app/tab-name.ts';
import { RequestFailure } from '../../agent-desktop/src/connection/gateway-error.ts';
import { postOperation } from '../../agent-desktop/src/connection/post-operation.ts';
import { SPOKEN_CODES, sentenceOf } from '../../agent-desktop/src/connection/sentences.ts';
import { openSession } from '../../agent-desktop/src/connection/session.ts';
import { finderGroups, firstOption } from '../../agent-desktop/src/find/finder-options.ts';
import type { FoundCustomer } from '../../agent-desktop/src/find/found-customer.ts';
import { identifierLike } from '../../agent-desktop/src/find/identifier-like.ts';
import { markMatches } from '../../agent-desktop/src/find/marks.ts';
import { phoneMistake } from '../../agent-desktop/src/find/phone-mistake.ts';
import { isPressed, printedKeys } from '../../agent-desktop/src/pieces/keys.ts';
import { formatsOf } from '../../agent-desktop/src/text/formats.ts';
import { translator } from '../../agent-desktop/src/text/translate.ts';
import { tableRows } from '../support/documentation.ts';

const t = translator('en');
const NOW = new Date('2010-12-03T14:32:00Z');
const found = (id: string, name: string | null): FoundCustomer => ({
  id,
  name,
  assurance: 'RECOGNIZED',
  facts: [],
  identifiers: [],
  lastSeenAt: null,
});

describe('an address of a screen pop', () => {
  const read = (search: string, hash: string) => readAddress({ pathname: '/agent', search, hash });

  it.each([
    ['a fragment', '', '#identifier=phone:%2B447700900663'],
    ['a query', '?identifier=phone:%2B447700900663', ''],
    ['a query in which the + was not encoded', '?identifier=phone:+447700900663', ''],
  ])('names whom to open, and is clean after it: %s', (_, search, hash) => {
    expect(read(search, hash)).toEqual({ question: { identifier: { type: 'phone', value: '+447700900663' } }, rest: '/agent' });
  });

  it('names an e-mail address with a + that was not encoded', () => {
    expect(read('', '#identifier=email:ann+shop@example.com')?.question).toEqual({
      identifier: { type: 'email', value: 'ann+shop@example.com' },
    });
  });

  it('keeps what else is in it', () => {
    expect(read('?a=1&identifier=crmId:1', '')?.rest).toBe('/agent?a=1');
  });

  it('is cleaned also where nobody can be opened by it', () => {
    expect(read('?identifier=nonsense', '')).toEqual({ question: null, rest: '/agent' });
  });

  it('without an identifier is left alone', () => {
    expect(read('?a=1', '#b')).toBeNull();
  });
});

describe('the open customers', () => {
  const open = (id: string): TabAct => ({ kind: 'open', question: { id }, now: NOW });
  const tabsAfter = (...acts: readonly TabAct[]): OpenTabs => acts.reduce(afterAct, NO_TABS);
  const call = (value: string): TabAct => ({ kind: 'open', question: { identifier: { type: 'phone', value } }, now: NOW, isCall: true });
  const known = (key: string | null, what: Partial<OpenTab> = {}): TabAct => {
    return { kind: 'known', key: key ?? '', id: null, name: null, identifiers: [], isNobody: false, hasDraft: false, ...what };
  };
  const full = () => tabsAfter(...Array.from({ length: MOST_TABS }, (_, index) => open(`customer ${index}`)));
  const ids = ({ tabs }: OpenTabs) => tabs.map(({ id }) => id);

  it('are open once each', () => {
    const { tabs, shown } = tabsAfter(open('a'), open('b'), open('a'));
    expect(tabs.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(shown).toBe(tabs[0]?.key);
  });

  it('open beside the one who is shown', () => {
    const { tabs, shown } = tabsAfter(open('a'), { kind: 'open', question: { id: 'b' }, now: NOW, isBeside: true });
    expect([tabs.length, shown]).toEqual([2, tabs[0]?.key]);
  });

  it('show the next one when one is closed, and nobody after the last', () => {
    const two = tabsAfter(open('a'), open('b'));
    const one = afterAct(two, { kind: 'close', key: two.shown ?? '' });
    expect([ids(one), one.shown]).toEqual([['a'], one.tabs[0]?.key]);
    expect(afterAct(one, { kind: 'close', key: one.shown ?? '' }).shown).toBeNull();
  });

  it('become one when two identifiers turn out to be of one customer', () => {
    const two = tabsAfter(open('a'), { kind: 'open', question: { identifier: { type: 'phone', value: '1' } }, now: NOW });
    const one = afterAct(two, known(two.shown, { id: 'a', name: 'Maya' }));
    expect([ids(one), one.shown]).toEqual([['a'], one.tabs[0]?.key]);
  });

  it('are no more than there are keys for', () => {
    const acts = Array.from({ length: MOST_TABS + 1 }, (_, index) => open(`customer ${index}`));
    expect(tabsAfter(...acts).tabs).toHaveLength(MOST_TABS);
  });

  it('make room for a call: who was not looked at for longest is closed, unless a note is being written', () => {
    const [first, second] = full().tabs;
    const drafting = [known(first?.key ?? '', { id: 'customer 0', hasDraft: true }), { kind: 'show', key: second?.key } as TabAct];
    const tabs = [...drafting, call('1')].reduce(afterAct, full());
    expect([tabs.madeRoom?.id, tabs.tabs.at(-1)?.key, tabs.refused]).toEqual(['customer 2', tabs.shown, null]);
    expect(tabs.tabs).toHaveLength(MOST_TABS);
  });

  it('keep all notes that are being written, and say that there is no room for the call', () => {
    const drafting = full().tabs.map(({ key, id }) => known(key, { id, hasDraft: true }));
    const tabs = [...drafting, call('1')].reduce(afterAct, full());
    expect([ids(tabs), tabs.refused]).toEqual([ids(full()), { identifier: { type: 'phone', value: '1' } }]);
  });

  it('know who rings by any identifier of a customer who is open, also after a reload', () => {
    const identifiers = [
      { type: 'crmId', value: '17850' },
      { type: 'phone', value: '1' },
    ];
    const kept = tabsAfter(open('a'), open('b'));
    const read = afterAct(kept, known(kept.tabs[0]?.key ?? null, { id: 'a', name: 'Maya', identifiers }));
    const rung = afterAct(read, call('1'));
    expect([ids(rung), rung.shown]).toEqual([['a', 'b'], kept.tabs[0]?.key]);
    expect(afterAct(read, call('2')).tabs).toHaveLength(3);
  });

  it('are called by an identifier as the agent sees it, where there is no name', () => {
    const nameless = (identifiers: OpenTab['identifiers']) => {
      const tabs = tabsAfter(open('a'));
      return tabName(afterAct(tabs, known(tabs.shown, { id: 'a', identifiers })).tabs[0] as OpenTab, t);
    };
    expect(nameless([{ type: 'phone', value: '+447700900663' }])).toBe('Phone …0663');
    expect(nameless([{ type: 'phone', value: '•••663' }])).toBe('Phone …663');
    expect(nameless([{ type: 'phone', value: '•••' }])).toBe('Phone');
    expect(nameless([{ type: 'email', value: 'ann@example.com' }])).toBe('E-mail ann@example.com');
    expect(nameless([])).toBe('Customer');
  });

  it('are asked anew when somebody rings who was nobody the last time', () => {
    const once = tabsAfter(call('1'));
    const nobody = afterAct(once, known(once.shown, { isNobody: true }));
    const again = afterAct(nobody, call('1'));
    expect(again.tabs).toHaveLength(1);
    expect(again.shown).not.toBe(once.shown);
  });
});

describe('what was typed', () => {
  const marked = (text: string, typed: string) =>
    markMatches(text, typed)
      .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
      .join('');

  it.each([
    ['Maya Ashdown', 'ashd', 'Maya [Ashd]own'],
    ['Maya Ashdown', 'ashdown maya', '[Maya] [Ashdown]'],
    ['Zoë Müller', 'zoe mu', '[Zoë Mü]ller'],
    ['+44 7700 900663', '07700900', '+44 [7700 900]663'],
    ['maya@example.com', 'xyz', 'maya@example.com'],
  ])('is marked in %s: %s', (text, typed, expected) => {
    expect(marked(text, typed)).toBe(expected);
  });

  it.each([
    ['+44 77', 'A phone number has at least 7 digits with its country; this has 4.'],
    ['+44 7700 900663 9999', 'A phone number has at most 15 digits; this has 16.'],
    ['536790', null],
    ['Maya', null],
  ])('may be a malformed phone number: %s', (typed, sentence) => {
    expect(phoneMistake(typed, t)).toBe(sentence);
  });

  it.each([
    ['07700 900663', 'phone'],
    ['+44 (0)7700-900663', 'phone'],
    ['ann@example.com', 'email'],
    ['536790', undefined],
    ['Maya Ashdown', undefined],
    ['ann@', undefined],
  ])('may be an identifier of a new caller: %s', (typed, type) => {
    const identifiers = [
      { type: 'crmId', class: 'person' },
      { type: 'email', class: 'person', form: 'email' },
      { type: 'phone', class: 'person', form: 'phone' },
    ] as const;
    expect(identifierLike(typed, { identifiers })?.type).toBe(type);
  });

  it('finds open customers first, and chooses the first one who is not open', () => {
    const groups = finderGroups({
      typed: 'ash',
      opened: [{ key: 'k', id: 'a', name: 'Maya Ashdown', identifiers: [], openedAt: NOW }],
      recent: [found('z', 'Recent')],
      found: [found('c', null), found('a', 'Maya Ashdown'), found('b', 'Kira Ashdown')],
    });
    expect(groups.map(({ id, options }) => [id, options.length])).toEqual([
      ['open', 1],
      ['customers', 1],
      ['identifiers', 1],
    ]);
    expect(firstOption(groups)?.key).toBe('b');
  });

  it('has somebody once who was open under two ids before they were merged', () => {
    const [group] = finderGroups({
      typed: '',
      opened: [],
      recent: [found('a', 'Maya'), found('b', 'Kira'), found('a', 'Maya')],
      found: [],
    });
    expect(group?.options.map(({ key }) => key)).toEqual(['a', 'b']);
  });
});

describe('a key', () => {
  const press = (key: string, more = {}) => ({ key, code: '', altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

  it.each([
    ['n', press('n'), true],
    ['n', press('N', { shiftKey: true }), false],
    ['n', press('n', { ctrlKey: true }), false],
    ['?', press('?', { shiftKey: true }), true],
    ['Mod+Enter', press('Enter', { ctrlKey: true }), true],
    ['Alt+1', press('¡', { altKey: true, code: 'Digit1' }), true],
  ])('%s is pressed or not', (keys, pressed, expected) => {
    expect(isPressed(keys, pressed, false)).toBe(expected);
  });

  it('is printed as it stands on the keyboard', () => {
    expect([printedKeys('Mod+Enter', true), printedKeys('Mod+Enter', false), printedKeys('n')]).toEqual(['⌘↵', 'Ctrl ↵', 'N']);
  });
});

describe('an error', () => {
  it('has a sentence for every code of the documentation', () => {
    const codes = tableRows('docs/errors.md').flatMap(({ cells }) => cells.code?.replaceAll('`', '') ?? []);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !SPOKEN_CODES.includes(code))).toEqual([]);
  });

  it('names the source, and never says what the gateway wrote', () => {
    const error = new RequestFailure('SOURCE_TIMEOUT', { message: 'secret', extensions: { code: 'SOURCE_TIMEOUT', source: 'loyalty' } });
    expect(sentenceOf(error, t)).toBe('loyalty did not answer in time. Try again.');
    expect(sentenceOf(new Error('secret'), t)).not.toContain('secret');
  });
});

describe('a session', () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: kept.set.bind(kept),
      removeItem: (name: string) => void kept.delete(name),
    };
  };

  it('is kept for the tab, and is over with its token', () => {
    const kept = storage();
    openSession({ storage: kept }).signedIn({ token: 'a', expiresAt: NOW.toISOString() });
    expect(openSession({ storage: kept, now: () => NOW.getTime() - 1 }).token()).toBe('a');
    expect(openSession({ storage: kept, now: () => NOW.getTime() }).token()).toBeNull();
  });

  it('is renewed once for many requests that are refused together', async () => {
    const session = openSession({ storage: null });
    let count = 0;
    session.renew = async () => ++count > 0;
    expect(await Promise.all([session.renewed(), session.renewed()])).toEqual([true, true]);
    expect(count).toBe(1);
  });

  it('of the next agent is neither ended nor renewed by what the former one began', async () => {
    const session = openSession({ storage: null });
    const { promise, resolve } = Promise.withResolvers<boolean>();
    session.signedIn({ token: 'of the former', expiresAt: null });
    session.renew = () => promise;
    const former = [session.renewed(), session.renewedOrOver()];
    session.leave();
    session.signedIn({ token: 'of the next', expiresAt: null });
    session.renew = async () => true;
    expect(await session.renewed()).toBe(true);
    resolve(false);
    expect(await Promise.all(former)).toEqual([false, false]);
    expect(session.token()).toBe('of the next');
  });

  it.each([
    { when: 'nobody signed out', isLeaving: false, sent: ['Bearer a', 'Bearer b'] },
    { when: 'the next agent signed in', isLeaving: true, sent: ['Bearer a'] },
  ])('has a refused request sent again only where it is of the same agent: $when', async ({ isLeaving, sent }) => {
    const session = openSession({ storage: null });
    session.signedIn({ token: 'a', expiresAt: null });
    session.renew = async () => {
      session.signedIn({ token: 'b', expiresAt: null });
      return true;
    };
    const tokens: (string | null)[] = [];
    vi.stubGlobal('fetch', async (_url: string, { headers }: { headers: Record<string, string> }) => {
      tokens.push(headers.authorization ?? null);
      if (tokens.length > 1) return Response.json({ data: {} });
      if (isLeaving) {
        session.leave();
        session.signedIn({ token: 'b', expiresAt: null });
      }
      return Response.json({ errors: [{ message: 'over', extensions: { code: 'UNAUTHENTICATED' } }] });
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    await postOperation({ documentId: 'note', variables: {} }, { session, touchpoint: null });
    expect(tokens).toEqual(sent);
    expect(session.token()).toBe('b');
  });
});

describe('times and amounts', () => {
  const english = formatsOf('en', t);

  it('are written as the design has them', () => {
    const now = new Date(2010, 11, 3, 14, 32);
    expect(english.formatDay(now, now)).toBe('Friday 3 December');
    expect(english.formatNearDay(new Date(2010, 11, 2, 23, 59), now)).toBe('Yesterday');
    expect(english.formatDate(new Date(2009, 6, 22))).toBe('22 Jul 2009');
    expect(english.formatMoney(5391.21, 'GBP')).toBe('£5,391.21');
    expect(english.formatElapsed(252_000)).toBe('04:12');
    expect(english.formatAge(new Date(now.getTime() - 9_000), now)).toBe('9 s');
  });
});
