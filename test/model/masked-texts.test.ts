import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MASK, maskIdentifier } from '../../src/model/mask-identifier.ts';
import { MaskedTexts } from '../../src/model/masked-texts.ts';

describe('a masked identifier', () => {
  it.each([
    ['17850', '•••0'],
    ['1', '•••'],
    ['123', '•••'],
    ['ada@x.io', '•••io'],
    ['somebody-with-a-long-name@x', '•••x'],
    ['ada.lovelace@example.com', '•••.com'],
    ['+442079460958', '•••958'],
    ['0f9619ff-8b86-d011-b42d-00cf4fc964ff', '•••64ff'],
    ['🙂🙂🙂🙂', '•••🙂'],
  ])('of %s is %s', (value, masked) => {
    expect(maskIdentifier(value)).toBe(masked);
  });

  it('copies nothing where nothing is masked', () => {
    const value = { page: { title: 'Tea' } };
    expect(new MaskedTexts([]).mask(value)).toBe(value);
    expect(new MaskedTexts([{ type: 'crmId', value: '17850' }]).mask(value)).toEqual(value);
  });

  it('shows the end of the value, at most a quarter and 4 characters, and nothing before an @', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (value) => {
        const masked = maskIdentifier(value);
        expect(masked.startsWith(MASK)).toBe(true);
        const shown = masked.slice(MASK.length);
        expect(value.endsWith(shown)).toBe(true);
        expect([...shown].length).toBeLessThanOrEqual(Math.min(4, [...value].length / 4));
        expect(shown).not.toContain('@');
      }),
    );
  });
});

describe('texts about a customer', () => {
  const identifiers = [
    { type: 'email', value: 'ada@example.com' },
    { type: 'phone', value: '+442079460958' },
    { type: 'crmId', value: '2026' },
    { type: 'crmId', value: '42' },
    { type: 'card', value: 'a.b+c/d' },
  ];
  const masked = new MaskedTexts(identifiers);

  it.each([
    ['ada@example.com', '•••com'],
    ['Mail ADA@Example.COM!', 'Mail •••com!'],
    ['https://x.io/?e=ada%40example.com#f', 'https://x.io/?e=•••com#f'],
    ['+44 (20) 7946-0958 or %2B442079460958', '•••958 or •••958'],
    ['Order 536365: 020 7946 0958, 00442079460958', 'Order 536365: •••958, •••958'],
    ['?tel=020%207946%200958&q=(020)+7946.0958', '?tel=•••958&q=•••958'],
    ['7946095 and 79460958 and 794609581', '7946095 and •••958 and 794609581'],
    ['2026', '•••6'],
    ['2026-03-01, 42 of them', '2026-03-01, 42 of them'],
    ['a.b+c/d, aXb+c/d', '•••d, aXb+c/d'],
    ['ben@example.com', 'ben@example.com'],
    ['', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(masked.text(text)).toBe(shown);
  });

  it('are masked in JSON of any depth, names and numbers included, and the rest stays', () => {
    const value = { a: [2026, 42, null, true, { 'ada@example.com': 'x', __proto__x: 1 }, 442079460958, 2079460958], b: 1.5 };
    const shown = { a: ['•••6', 42, null, true, { '•••com': 'x', __proto__x: 1 }, '•••958', '•••958'], b: 1.5 };
    expect(masked.mask(value)).toEqual(shown);
    const round: Record<string, unknown> = { mail: 'ada@example.com' };
    round.self = round;
    const copy = masked.mask(round) as typeof round;
    expect([copy.mail, copy.self === copy]).toEqual(['•••com', true]);
    const own = new Date(0);
    expect(masked.mask({ own })).toEqual({ own });
  });

  it('are masked with those of a text that was made before', () => {
    const more = new MaskedTexts([{ type: 'email', value: 'old@example.com' }], masked);
    expect(more.mask(['old@example.com ada@example.com', 2026, 2079460958])).toEqual(['•••com •••com', '•••6', '•••958']);
    expect([identifiers[0], { type: 'email', value: 'old@example.com' }].map((each) => each && masked.covers(each))).toEqual([true, false]);
  });

  it('take no time that grows with digits times phone numbers', () => {
    const phones = Array.from({ length: 1_000 }, (_, index) => ({ type: 'phone', value: `+44770090${String(index).padStart(4, '0')}` }));
    const texts = new MaskedTexts(phones);
    // Of the processor: the clock would count others' work.
    const time = () => process.threadCpuUsage().user / 1_000;
    const startedAt = time();
    // A pattern for each number took half a minute.
    expect(texts.text('7700900 '.repeat(2_000))).toHaveLength(16_000);
    expect(time() - startedAt).toBeLessThan(3_000);
  });

  it('are masked whatever the identifiers are, wherever they stand', () => {
    const value = fc
      .string({ minLength: 6, maxLength: 30, unit: fc.constantFrom(...'abc019@.+-/%\\$^()[]{}|?* ü🙂') })
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(value, fc.constantFrom('', 'x', ' '), fc.constantFrom('', 'y', '&'), (secret, before, after) => {
        const texts = new MaskedTexts([{ type: 't', value: secret }]);
        for (const form of [secret, encodeURIComponent(secret), secret.toUpperCase()]) {
          expect(texts.text(`${before}${form}${after}`)).toBe(`${before}${maskIdentifier(secret)}${after}`);
        }
      }),
    );
  });
});
