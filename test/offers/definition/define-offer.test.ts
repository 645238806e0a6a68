import { describe, expect, it } from 'vitest';
import { defineOffer } from '../../../src/index.ts';
import { parseOffer } from '../../../src/offers/definition/define-offer.ts';

const CONTENT = { en: { title: 'Free delivery' } };
const RIGHT = { placements: ['home-hero'], content: CONTENT };

/** The problems of an offer, each as a line. */
function problemsOf(input: unknown): string[] {
  const problems: string[] = [];
  const offer = parseOffer('free-delivery', input, ({ path, message }) => problems.push(`${path.join('.')}: ${message}`));
  expect(offer === null).toBe(problems.length > 0);
  return problems;
}

function parsed(input: object) {
  return parseOffer('free-delivery', { ...RIGHT, ...input }, ({ path, message }) => {
    throw new Error(`${path.join('.')}: ${message}`);
  });
}

describe('an offer', () => {
  it('is complete with a placement and a content', () => {
    expect(parsed(defineOffer(RIGHT))).toEqual({
      name: 'free-delivery',
      placements: ['home-hero'],
      when: null,
      content: new Map([['en', { title: 'Free delivery' }]]),
      starts: null,
      ends: null,
      priority: 1,
      value: 1,
      mandatory: false,
      caps: [],
      excludes: [],
      channels: null,
      version: expect.stringMatching(/^[\w-]{12}$/),
    });
  });

  it('begins at the midnight (UTC) of its first day, and ends with its last day', () => {
    expect(parsed({ starts: '2026-12-01', ends: '2026-12-24' })).toMatchObject({
      starts: Date.UTC(2026, 11, 1),
      ends: Date.UTC(2026, 11, 25),
    });
    expect(parsed({ starts: '2026-12-24', ends: '2026-12-24' })).toMatchObject({ ends: Date.UTC(2026, 11, 25) });
  });

  it('begins and ends at the moment of a time', () => {
    const times = { starts: '2026-12-01T08:00:00+01:00', ends: '2026-12-01T08:00:00Z' };
    expect(parsed(times)).toMatchObject({ starts: Date.UTC(2026, 11, 1, 7), ends: Date.UTC(2026, 11, 1, 8) });
  });

  it('has caps of the customer for ever, unless they say otherwise', () => {
    const caps = [{ count: 3 }, { count: 10_000, per: '7d', of: 'everybody' }];
    expect(parsed({ caps })?.caps).toEqual([
      { count: 3, per: null, of: 'customer' },
      { count: 10_000, per: 604_800_000, of: 'everybody' },
    ]);
  });

  it('writes language tags in their usual form, and keeps their order', () => {
    expect([...(parsed({ content: { 'DE-at': { title: 'a' }, EN: { title: 'b' } } })?.content.keys() ?? [])]).toEqual(['de-AT', 'en']);
  });

  it('has another version when anything of it changes, and the same one otherwise', () => {
    const changes = [
      {},
      { when: 'true' },
      { value: 2 },
      { priority: 2 },
      { mandatory: true },
      { starts: '2026-12-01' },
      { ends: '2026-12-24' },
      { caps: [{ count: 1 }] },
      { excludes: ['welcome'] },
      { channels: ['WEB'] },
      { placements: ['agent'] },
      { content: { en: { title: 'Free delivery!' } } },
      { content: { de: { title: 'Free delivery' } } },
    ];
    const versions = changes.map((change) => parsed(change)?.version);
    expect(new Set(versions).size).toBe(changes.length);
    expect(changes.map((change) => parsed(structuredClone(change))?.version)).toEqual(versions);
  });
});

describe('an offer with a mistake', () => {
  it.each<[object, ...(string | RegExp)[]]>([
    [
      { colour: 'red' },
      'colour: expected no such option; there are placements, when, content, starts, ends, priority, value, mandatory, caps, excludes, channels',
    ],
    [{ placements: 'home-hero' }, 'placements: expected a list, received "home-hero"'],
    [{ placements: ['a', 'a'] }, 'placements.1: expected each name once, received "a" again'],
    [{ when: '' }, /^when: expected a rule in quotes, such as .*, or no when for everybody, received ""/],
    [{ when: ' ' }, /^when: expected a rule in quotes, .* received " "/],
    [{ when: true }, /^when: expected a rule in quotes, .* received true/],
    [{ when: () => true }, /^when: expected a rule in quotes, .* received a function/],
    [{ when: 'x'.repeat(4_001) }, /^when: expected at most 4000 characters, received "x/],
    [{ content: undefined }, /^content: expected contents by language, such as .*, received nothing/],
    [{ content: {} }, 'content: expected content for at least one language such as en, received none'],
    [
      { content: { english_text: {} } },
      'content.english_text: expected a language tag (BCP 47) such as en or de-AT, received "english_text"',
    ],
    [{ content: { 'en-gb': {}, 'en-GB': {} } }, 'content.en-GB: expected each language once, received en-GB again'],
    [
      { content: { en: 'Free' } },
      'content.en: expected a JSON object such as { title, text, image, url } for each language, received "Free"',
    ],
    [{ content: { en: { at: new Date(0) } } }, /^content\.en: expected a JSON object such as/],
    [{ content: { en: { at: () => 1 } } }, /^content\.en: expected a JSON object such as/],
    [{ content: { en: { text: 'x'.repeat(20_000) } } }, 'content.en: expected at most 16384 characters of JSON, received more'],
    [{ starts: 'tomorrow' }, /^starts: expected a day such as '2026-12-01', or a time with its offset .*, received "tomorrow"$/],
    [{ starts: new Date(0) }, /^starts: expected a day such as .*, received an object$/],
    [{ starts: '2026-02-30' }, /^starts: expected a day .*, received "2026-02-30"$/],
    [{ ends: '2026-12-01T08:00' }, /^ends: expected a day .*, received "2026-12-01T08:00"$/],
    [{ starts: '2026-12-02', ends: '2026-12-01' }, 'ends: expected a time after starts (2026-12-02), received "2026-12-01"'],
    [{ priority: -1 }, 'priority: expected at least 0, received -1'],
    [{ value: Number.POSITIVE_INFINITY }, /^value: expected number, received Infinity/],
    [{ mandatory: 'yes' }, 'mandatory: expected boolean, received "yes"'],
    [{ caps: [{ count: 0 }] }, 'caps.0.count: expected at least 1, received 0'],
    [{ caps: [{ count: 1.5 }] }, 'caps.0.count: expected a whole number, received 1.5'],
    [{ caps: [{ count: 1, per: '1 week' }] }, 'caps.0.per: expected a duration such as \'7d\', received "1 week"'],
    [{ caps: [{ count: 1, of: 'all' }] }, 'caps.0.of: expected one of customer, everybody, received "all"'],
    [{ caps: Array.from({ length: 11 }, () => ({ count: 1 })) }, 'caps: expected at most 10 items, received a list'],
    [{ excludes: ['free-delivery'] }, 'excludes: expected other offers, received the name of this one'],
    [{ channels: ['TV'] }, /^channels\.0: expected one of WEB, MOBILE, .*, received "TV"/],
    [{ channels: [] }, 'channels: expected a list that is not empty, received an empty list'],
    [{ priority: 'high', value: 'low' }, 'priority: expected number, received "high"', 'value: expected number, received "low"'],
  ])('%j gets a sentence that says what was expected', (mistake, ...messages) => {
    expect(problemsOf({ ...RIGHT, ...mistake })).toEqual(
      messages.map((message) => (typeof message === 'string' ? message : expect.stringMatching(message))),
    );
  });

  it('may be no object at all', () => {
    expect(problemsOf(7)).toEqual([': expected object, received 7']);
  });

  it('refuses content that contains itself', () => {
    const self: Record<string, unknown> = {};
    self.self = self;
    expect(problemsOf({ ...RIGHT, content: { en: self } })).toEqual([expect.stringMatching(/^content\.en: expected a JSON object/)]);
  });
});
