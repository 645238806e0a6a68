import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IdentifierFormat, normalizeIdentifier } from '../../src/capture/normalize.ts';
import { cookie, header, urlParameter } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';

const NONE: ReadonlySet<string> = new Set();
const normalize = (value: string, format: IdentifierFormat = {}) => normalizeIdentifier('any', value, format, NONE);
const reasonOf = (value: string, format?: IdentifierFormat) => {
  const result = normalize(value, format);
  return result.ok ? `taken as ${result.identifier.value}` : result.reason;
};
const keptOf = (value: string, format?: IdentifierFormat) => {
  const result = normalize(value, format);
  return result.ok ? result.identifier.value : result.reason;
};

/** By what writes them. */
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  'a program without a value': [
    ...['null', 'NULL', '(null)', '<null>', 'nil', '<nil>', 'None', 'undefined', '"undefined"', 'NaN', 'N/A', 'na', '<NA>', 'Infinity'],
    ...['-Infinity', '-nan', '\\N', '%!s(<nil>)', 'user-%!d(MISSING)'],
    ...['Invalid Date', '[object Object]', '[object Undefined]', '<User object at 0x7f3a5c1b2d30>', 'true', 'False'],
  ],
  'a program without a customer': ['anonymous', 'anonymousUser', 'guest', 'unknown', 'not_authenticated', '(not set)', 'distinct_id'],
  'a program with an empty one': ['', ' ', '""', "''", '{}', '[]', '()', '-', '--', '...', '0', '0.0', '-1', '000-000', '\u2013', '\u2026'],
  'an all-zero UUID': ['00000000-0000-0000-0000-000000000000', '{00000000-0000-0000-0000-000000000000}'],
  'a spreadsheet': [
    ...['#REF!', '#N/A', '#VALUE!', '#DIV/0!', '#NAME?', '#NULL!', '#NUM!', '#SPILL!', '#CALC!', '#ERROR!', '#GETTING_DATA', '####'],
    ...['#BEZUG!', '#NV', '#\u00a1VALOR!', '#\u00bfNOMBRE?', 'Err:502', '1.23457E+15', '1.2E+15', '1,23457E+15', '1E+15', '-1.#IND'],
  ],
  'a program that rounds': ['1.2345E15', '9.007199254740993e+15', '1e+21', '1.5e-7'],
  'a template': [
    ...[
      '{{ customer.id }}',
      '{{{id}}}',
      '\u0024{id}',
      '\u0024{user.id}',
      '#{id}',
      '@{id}',
      '%{id}',
      '%%id%%',
      '%EMAIL%',
      '*|EMAIL|*',
      '[[id]]',
    ],
    ...['<%= x %>', '{% id %}', '[% id %]', '<?= $id ?>', '{email}', '{customer_id}', '{$id}', '{0}', '[email]', '$(id)', '%(id)s'],
    ...['user-{{id}}', 'cust_\u0024{id}', '{{\n id\n}}'],
  ],
  'nothing that can be seen': ['\u200b', '\u00a0', '\ufeff', '\u2060\u200d', '\u3164', '\u2800', '\u00ad'],
};

describe('a value that is written', () => {
  it.each(Object.entries(PLACEHOLDERS))('by %s names nobody', (_, values) => {
    expect(values.filter((value) => reasonOf(value) !== 'BLOCKED_VALUE')).toEqual([]);
  });

  it('by nobody is refused with the reason, which does not repeat it', () => {
    const message = (value: string, format?: IdentifierFormat) => {
      const result = normalize(value, format);
      return result.ok ? null : result.message;
    };
    expect(message('{{ customer.id }}')).toBe('a template that was not filled in');
    expect(message('#REF!')).toBe("a spreadsheet's error");
    expect(message('1.2E+15')).toBe('a number in exponent notation, whose last digits are lost');
    expect(message('call 020 7946 0001', { normalize: 'phone', region: 'GB' })).toBe('expected one phone number and nothing else');
  });
});

describe('a value of somebody', () => {
  const hasLetterOrDigit = (text: string) => /[1-9a-z]/i.test(text);
  const id = (alphabet: string) =>
    fc.string({ unit: fc.constantFrom(...alphabet), minLength: 8, maxLength: 40 }).filter((text) => hasLetterOrDigit(text));
  const DIGITS = '0123456789';
  const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

  it.each<[string, fc.Arbitrary<string>]>([
    ['a UUID', fc.uuid()],
    ['a UUID as Windows writes it', fc.uuid().map((uuid) => `{${uuid.toUpperCase()}}`)],
    ['an integer', fc.bigInt({ min: 1n, max: 10n ** 40n }).map(String)],
    ['a negative integer', fc.bigInt({ min: -(10n ** 40n), max: -2n }).map(String)],
    ['an integer with leading zeros', fc.integer({ min: 1 }).map((number) => `000${number}`)],
    ['hexadecimal', id('0123456789abcdef')],
    ['short hexadecimal, with an e in it', fc.tuple(fc.nat(9), fc.nat(999)).map(([a, b]) => `${a}e${b}`)],
    ['base64url', id(`${LETTERS}${DIGITS}-_`)],
    ['a ULID', fc.ulid()],
    ['a date', fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString())],
    [
      'a number with a type before it',
      fc.tuple(fc.constantFrom('CUST', 'user', 'auth0|', 'urn:x:'), fc.nat()).map(([a, b]) => `${a}-${b}`),
    ],
    // RFC 5321 allows braces, too; nobody has them.
    ['an address', fc.emailAddress().filter((address) => !/^test@|[{}%|]/i.test(address))],
  ])('that is %s is never blocked', (_, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(normalize(value)).toEqual({ ok: true, identifier: { type: 'any', value } });
      }),
    );
  });

  const anyFormat = fc.constantFrom<IdentifierFormat>(
    {},
    { normalize: 'email' },
    { normalize: 'lowercase' },
    { normalize: 'phone', region: 'GB' },
  );
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.emailAddress(),
    fc.tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.domain()).map(([local, domain]) => `${local}@${domain}`),
    fc.constantFrom('J\u030c@x.io', '\u0130@x.io', '020 7946 0001 ext. 12', 'tel:+442079460001', '\u200e+44 20 7946 0001\u200e'),
  );

  it('has one form: normalising it again changes nothing', () => {
    fc.assert(
      fc.property(anyText, anyFormat, (text, format) => {
        const once = normalize(text, format);
        if (once.ok) expect(normalize(once.identifier.value, format)).toEqual(once);
      }),
    );
  });

  it('is the same with what is not seen around it', () => {
    const unseen = fc.string({ unit: fc.constantFrom(' ', '\t', '\u00a0', '\u200b', '\ufeff', '\u200e', '\u2060'), maxLength: 4 });
    fc.assert(
      fc.property(anyText, unseen, unseen, anyFormat, (text, before, after, format) => {
        expect(normalize(before + text + after, format)).toEqual(normalize(text, format));
      }),
    );
  });

  it('stays another one for a character inside that is not seen', () => {
    for (const [one, other] of [
      ['r\u200f1', 'r1'],
      ['s\u00ad1', 's1'],
      ['a\u200db', 'ab'],
    ] as const) {
      expect(keptOf(one)).not.toBe(keptOf(other));
    }
  });

  it('is no text with half a character or a NUL in it', () => {
    for (const value of ['h\ud800', '\udc00', 'a\ud800\ud800b', 'n\0a', 'e\0', '\0e']) expect(reasonOf(value)).toBe('INVALID_VALUE');
  });

  it('is at most 256 bytes long, and a long one is refused without being looked at', () => {
    expect(reasonOf('a'.repeat(256))).toBe(`taken as ${'a'.repeat(256)}`);
    expect(reasonOf('a'.repeat(257))).toBe('INVALID_VALUE');
    expect(reasonOf(`${'{{'.repeat(500_000)}`)).toBe('INVALID_VALUE');
    expect(reasonOf(`a${' '.repeat(1_000_000)}b`)).toBe('INVALID_VALUE');
  });

  it("is blocked by the owner's list in the form that is kept, too", () => {
    const blocked = new Set(['+442079460000', 'nobody']);
    const result = normalizeIdentifier('phone', '020 7946 0000', { normalize: 'phone', region: 'GB' }, blocked);
    expect(result).toMatchObject({ ok: false, reason: 'BLOCKED_VALUE' });
    const cut = normalizeIdentifier('any', 'C-NOBODY', { normalize: (value) => value.slice(2) }, blocked);
    expect(cut).toMatchObject({ ok: false, reason: 'BLOCKED_VALUE' });
  });

  it("is held to the same where the owner's own function makes the form", () => {
    const made = (form: unknown) => reasonOf('C-17850', { normalize: () => form as string });
    expect(made('17850')).toBe('taken as 17850');
    expect(['NaN', 'null', '0', 'Undefined', '#N/A'].map(made)).toEqual(Array(5).fill('BLOCKED_VALUE'));
    expect([null, '', undefined, 17850, 'a\0b', 'h\ud800', 'a'.repeat(513)].map(made)).toEqual(Array(7).fill('INVALID_VALUE'));
  });
});

describe('an e-mail address', () => {
  const email = (value: string) => keptOf(value, { normalize: 'email' });

  it('is compared in lower case', () => {
    expect(email('ADA@Example.COM')).toBe('ada@example.com');
    expect(email('\u00c4da@x.io')).toBe('\u00e4da@x.io');
    expect(email('A\u0308da@x.io')).toBe('\u00e4da@x.io');
    expect(email('\u200bzed@example.com')).toBe('zed@example.com');
  });

  it('never becomes one of ASCII by a letter that is none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0x80, max: 0x10ffff }), (code) => {
        const result = normalize(`a${String.fromCodePoint(code)}b@x.io`, { normalize: 'email' });
        // Not even in a back end that compares by compatibility.
        if (result.ok) expect(result.identifier.value.normalize('NFKC')).toMatch(/[^\0-\x7f]/);
      }),
      { numRuns: 2_000, examples: [[0x212a], [0x130], [0x17f], [0xff41], [0xff20], [0x2024]] },
    );
  });

  it.each([
    ...['\u212aate@x.io', '\uff4bate@x.io', 'kate@\uff58.io', 'ka\u200bte@x.io', 'kate@x.io;', '"kate"@x.io"', 'a@b@x.io', 'kate'],
    ...['kate@x.io.', 'kate@x..io', 'kate@.io', 'kate@x.io!', 'kate@x.io?', 'kate@x.io/', 'kate@x.io]', 'kate@x.io}', 'kate@x\u2028.io'],
    ...['<kate@x.io>', '<kate@x.io', 'mailto:kate@x.io', 'kate,joe@x.io', 'kate;joe@x.io', 'kate(home)@x.io'],
  ])('is not %j', (value) => expect(email(value)).toBe('INVALID_VALUE'));

  it.each([
    ...[
      'kate+news@x.io',
      "o'hara@x.io",
      'k\u00e4te@m\u00fcnchen.de',
      '\u738b@\u4f8b\u5b50.\u4e2d\u56fd',
      'a@xn--mnchen-3ya.de',
      'a_b@mail_1.x-y.io',
    ],
    ...['"kate"@x.io', '"a,b"@x.io', "!#$&'*+-/=?^_`~@x.io", '\u0645\u062d\u0645\u062f@\u0645\u0635\u0631.io'],
  ])('is %j', (value) => expect(email(value)).toBe(value));
});

describe('a phone number', () => {
  const phone = (value: string) => keptOf(value, { normalize: 'phone', region: 'GB' });

  it.each([
    ...['020 7946 0001', '+44 20 7946 0001', '0044 20 7946 0001', '+44 (0)20 7946 0001', '(020) 7946-0001', '020.7946.0001'],
    ...['tel:+442079460001', 'TEL:020 7946 0001', 'tel:7946-0001;phone-context=+4420', ' 020 7946 0001 ', '\u202a+44 20 7946 0001\u202c'],
    ...['\uff0b\uff14\uff14\uff12\uff10\uff17\uff19\uff14\uff16\uff10\uff10\uff10\uff11'],
  ])('is the same, written %j', (value) => expect(phone(value)).toBe('+442079460001'));

  it('has its extension, as RFC 3966 writes it', () => {
    expect(phone('+44 20 7946 0001 ext. 12')).toBe('+442079460001;ext=12');
    expect(phone('020 7946 0001 x34')).toBe('+442079460001;ext=34');
    expect(phone('tel:+442079460001;ext=56')).toBe('+442079460001;ext=56');
  });

  it.each([
    ...['call 020 7946 0001', 'order 02079460001 please', '02079460006 / 02079460007', '020 7946 0001 (work)', '+442079460001,'],
    ...['ada@example.com 020 7946 0001', '+44 20 7946 0001 x1/x2', '1-800-FLOWERS', '12345678901234567890', '999', '2025-01-15'],
  ])('is the whole text, so %j is none', (value) => expect(phone(value)).toBe('INVALID_VALUE'));
});

describe('at every way in', () => {
  const identifiers = {
    crmId: {
      class: 'person' as const,
      unique: true,
      capture: [cookie('number', { assurance: 'RECOGNIZED' }), urlParameter('cid'), header('x-number')],
    },
    email: { class: 'person' as const, normalize: 'email' as const },
  };
  const VALUES = ['[object Object]', '{{ customer.id }}', '#REF!', '1.2E+15', '(null)', 'h\ud800'];
  const given = (value: string) => [
    { type: 'crmId', value },
    { type: 'email', value: 'ada@x.io' },
  ];

  it("an error of the owner's own function makes the value none, and is neither an answer's nor the log's", async () => {
    const crmId = { ...identifiers.crmId, normalize: (value: string) => BigInt(value).toString() };
    const { ask, log } = await testGateway({ config: { identifiers: { crmId } } });
    const { data, codes } = await ask('{ customer { id } }', { cookie: 'number=secretive' });
    expect([data, codes]).toEqual([{ customer: null }, []]);
    expect((await ask('{ customer { assurance } }', { cookie: 'number=0x10' })).data.customer.assurance).toBe('RECOGNIZED');
    expect(log.join('')).not.toContain('secretive');
  });

  it('says why an identifier was rejected', async () => {
    const { ask } = await testGateway({ config: { identifiers } });
    const identify =
      'mutation ($identifiers: [IdentifierInput!]!) { identify(input: { identifiers: $identifiers }) { outcome rejected { type reason message } customer { identifiers { type } } } }';
    for (const value of VALUES) {
      const { data } = await ask(identify, { role: 'SERVICE', variables: { identifiers: given(value) } });
      expect(data.identify.customer.identifiers).toEqual([{ type: 'email' }]);
      const [{ reason, message }] = data.identify.rejected;
      expect([value, reason]).toEqual([value, value.startsWith('h') ? 'INVALID_VALUE' : 'BLOCKED_VALUE']);
      expect(message).not.toContain(value);
      expect(message.length).toBeGreaterThan(10);
    }
  });

  it('makes nobody of a cookie, a parameter, a header, or an argument', async () => {
    const { ask } = await testGateway({ config: { identifiers } });
    for (const value of VALUES.slice(0, -1)) {
      const text = encodeURIComponent(value);
      expect((await ask('{ customer { id } }', { cookie: `number=${text}` })).data).toEqual({ customer: null });
      expect((await ask('{ customer { id } }', { path: `/graphql?cid=${text}` })).data).toEqual({ customer: null });
      expect((await ask('{ customer { id } }', { headers: { 'x-number': value } })).data).toEqual({ customer: null });
      const lookUp = 'query ($identifier: IdentifierInput!) { customerByIdentifier(identifier: $identifier) { id } }';
      const identifier = { type: 'crmId', value };
      expect((await ask(lookUp, { role: 'AGENT', variables: { identifier } })).data).toEqual({ customerByIdentifier: null });
    }
  });

  it('rejects an interaction that only they stand by, and says why', async () => {
    const { ask } = await testGateway({ config: { identifiers } });
    const capture =
      'mutation ($value: String!) { captureInteractions(input: { interactions: [{ type: "a", identifiers: [{ type: "crmId", value: $value }] }] }) { accepted rejected { message } } }';
    const { data } = await ask(capture, { role: 'SERVICE', variables: { value: '#N/A' } });
    expect(data.captureInteractions.accepted).toBe(0);
    expect(data.captureInteractions.rejected[0].message).toContain("1 that name nobody (a spreadsheet's error)");
  });
});
