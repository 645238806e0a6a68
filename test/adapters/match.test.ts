import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { DataAdapter, KeyNormalizer } from '../../src/adapters/data-adapter.ts';
import { looseForm } from '../../src/adapters/key-text.ts';
import type { MatchField } from '../../src/adapters/match-field.ts';
import { matchOf, matchRows } from '../../src/adapters/match-rows.ts';
import { RecordIndex } from '../../src/adapters/record-index.ts';
import { httpAdapter, testAdapter } from '../../src/index.ts';
import { SourceError } from '../../src/model/errors.ts';
import { keyNormalizers } from '../../src/profile/key-normalizers.ts';
import type { SourceOptions } from '../../src/sources/source.ts';
import { askAll, patient, recordsOf, sourceOf } from '../support/ask-source.ts';
import { isMissing, naming, serve } from '../support/services.ts';
import { ANSWERING, type Rows } from './answering.ts';

const types = keyNormalizers(
  [
    ['email', { normalize: 'email' }],
    ['phone', { normalize: 'phone', region: 'GB' }],
    ['customerNo', {}],
    ['broken', { normalize: () => fail() }],
  ],
  new Set(),
);
function fail(): never {
  throw new Error('no');
}

/** Asks as the gateway does, in one batch. */
async function ask(adapter: DataAdapter, keys: readonly string[], options: SourceOptions = {}) {
  const answers = await askAll(sourceOf(adapter, { keyNormalizers: types, ...options }), keys);
  return { records: recordsOf(answers), messages: answers.map((answer) => (answer instanceof SourceError ? answer.message : null)) };
}

/** Spellings of a back end, and what the message must say of them. */
const SPELLINGS: readonly (readonly [key: string, spelled: string, difference: string])[] = [
  ['ada', 'Ada', 'case'],
  ['straße', 'STRASSE', 'case'],
  ['zo\u00eb', 'zoe\u0308', 'Unicode form'],
  ['17850', '\uff11\uff17\uff18\uff15\uff10', 'Unicode form'],
  ['ada', 'ada   ', 'surrounding spaces'],
  ['17850', '0017850', 'leading zeros'],
  ['007', '7', 'leading zeros'],
  ['ada', ' ADA', 'surrounding spaces and case'],
];

for (const kind of ANSWERING) {
  const named = kind.service ? `${kind.name}: ${naming(kind.service)}` : kind.name;
  describe.skipIf(kind.service !== undefined && isMissing(kind.service))(named, () => {
    it('gives a row to the key that it equals by the normalisation of its identifier type', async () => {
      const rows = [{ id: 'Ada@Example.com  ', name: 'Ada' }];
      const adapter = await kind.of(rows, { key: 'email' });
      expect((await ask(adapter, ['ada@example.com', 'ben@example.com'])).records).toEqual([rows[0], null]);
    });

    it('gives a row to both keys that have the same normalised form', async () => {
      const id = '6f9619ff-8b86-4d01-b42d-00c04fc964ff';
      const row = { id, name: 'Ada' };
      const adapter = () => kind.of([row], { key: 'customerNo' });
      expect((await ask(await adapter(), [id, id.toUpperCase()])).records).toEqual([row, row]);
      expect((await ask(await adapter(), [id.toUpperCase()])).records).toEqual([row]);
    });

    it.each(SPELLINGS)('fails a key that differs from the row by spelling only: %j, %j', async (key, spelled, difference) => {
      const adapter = await kind.of(
        [
          { id: spelled, name: 'Ada' },
          { id: 'good', name: 'Ben' },
        ],
        { key: 'sku' },
      );
      const { records, messages } = await ask(adapter, ['good', key, 'missing']);
      expect(records).toEqual([{ id: 'good', name: 'Ben' }, 'SOURCE_INVALID', null]);
      expect(messages[1]).toContain(`it differs by ${difference};`);
      for (const secret of [key, spelled.trim(), 'Ada', 'good']) expect(messages[1]).not.toContain(` ${secret} `);
    });

    it('fails a key that the normalisation of its type does not reach', async () => {
      const adapter = await kind.of([{ id: 'K-1', name: 'Ada' }], { key: 'customerNo' });
      expect((await ask(adapter, ['k-1'])).records).toEqual(['SOURCE_INVALID']);
      // A function of the owner that throws gives no normalised form.
      const broken = await kind.of([{ id: 'K-1', name: 'Ada' }], { key: 'broken' });
      expect((await ask(broken, ['k-1', 'K-1'])).records.at(1)).toEqual({ id: 'K-1', name: 'Ada' });
    });

    it('compares a number by its digits', async () => {
      const adapter = () =>
        kind.of([
          { id: 17850, name: 'Ada' },
          { id: 13047, name: 'Ben' },
        ]);
      expect((await ask(await adapter(), ['13047', '17850'])).records.map((record) => (record as { name: string }).name)).toEqual([
        'Ben',
        'Ada',
      ]);
      expect((await ask(await adapter(), ['017850'])).records).toEqual(['SOURCE_INVALID']);
    });

    it('fails the batch when no row has the field, and names the fields that were received', async () => {
      const adapter = await kind.of([{ customerid: '1', name: 'Secret' }], { match: 'customerId' });
      const { records, messages } = await ask(adapter, ['1', '2']);
      expect(records).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID']);
      expect(messages[0]).toContain('the field customerId (match); the fields that came: customerid, name');
      expect(messages[0]).toContain("set match: 'customerid'");
      expect(messages[0]).not.toContain('Secret');
    });

    it('finds nothing for the key undefined in rows without the field, nor for null', async () => {
      const rows = [
        { id: null, name: 'Ada' },
        { id: 'b', name: 'Ben' },
      ];
      expect((await ask(await kind.of(rows), ['undefined', 'null', 'b'])).records).toEqual([null, null, rows[1]]);
    });

    if (kind.answersAll)
      it('counts the rows of other keys among all rows', async () => {
        const reported: unknown[] = [];
        const rows = [{ id: 'x' }, { id: 'y' }, { id: 'a' }, { id: 'ADA' }] satisfies Rows;
        const observer = { onForeign: (...all: unknown[]) => void reported.push(all) };
        expect((await ask(await kind.of(rows), ['a', 'ada'], { observer })).records).toEqual([{ id: 'a' }, 'SOURCE_INVALID']);
        expect(reported).toEqual([['things', 2, 4]]);
      });

    it('opens no circuit and repeats no call for any of this', async () => {
      const adapter = await kind.of([{ id: 'ADA' }], { policy: { breaker: { errors: 1 }, retries: 2 } });
      const missing = await kind.of([{ no: 'ADA' }], { policy: { breaker: { errors: 1 }, retries: 2 } });
      for (const each of [adapter, missing]) {
        let calls = 0;
        const counted: DataAdapter = {
          ...each,
          load: (keys, context) => {
            calls++;
            return each.load(keys, context);
          },
        };
        const source = sourceOf(counted);
        for (let n = 0; n < 3; n++) expect(recordsOf(await askAll(source, ['ada']))).toEqual(['SOURCE_INVALID']);
        expect(calls).toBe(3);
      }
    });

    if (kind.isJson)
      it('ignores a null row, and fails the keys without a row for any other value that is no record', async () => {
        const rows = (...all: unknown[]) => all as Rows;
        expect((await ask(await kind.of(rows(null, { id: 'a' }, null)), ['a', 'b'])).records).toEqual([{ id: 'a' }, null]);
        expect((await ask(await kind.of(rows(null, { id: 'a' }), { many: true }), ['a', 'b'])).records).toEqual([[{ id: 'a' }], []]);
      });

    it('keeps the promise of testAdapter about spellings', async () => {
      const adapter = await kind.of([{ id: 'a' }, { id: 'b' }, { id: 'C-1' }]);
      const promises = await testAdapter(patient(adapter), { known: { a: { id: 'a' }, b: { id: 'b' } }, respelled: 'c-1' });
      expect(promises).toContain('takes no other spelling of a key for nothing');
    });
  });
}

describe('httpAdapter with one', () => {
  const answering = async (record: unknown, options = {}) =>
    httpAdapter({ baseUrl: await serve((_, response) => response.end(JSON.stringify(record))), one: '/{key}', match: 'id', ...options });

  it.each<[string, string, unknown, unknown]>([
    ['email', 'ada@example.com', { id: 'ADA@example.com' }, { id: 'ADA@example.com' }],
    ['email', 'ada@example.com', { id: 'ben@example.com' }, 'answered a record whose id is not the key that was asked for'],
    ['phone', '+442079460000', { id: '020 7946 0000' }, { id: '020 7946 0000' }],
    ['sku', '17850', { id: 17850 }, { id: 17850 }],
    ['sku', 'ada', { id: 'Ada' }, 'it differs by case;'],
    ['sku', 'ada', { name: 'Ada' }, 'the fields that came: name;'],
    ['sku', 'ada', {}, 'the fields that came: none'],
    ['sku', 'ada', { 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6': 'Ada', 'K-17850': 'Ben', line2: '' }, 'the fields that came: line2;'],
  ])('keyed by %s %j takes %j as its contract says', async (key, asked, record, expected) => {
    const { records, messages } = await ask(await answering(record, { key }), [asked]);
    if (typeof expected === 'string') expect(messages[0]).toContain(expected);
    else expect(records).toEqual([expected]);
  });

  it('takes a list only when every record is the key’s', async () => {
    const many = (...list: unknown[]) => answering(list, { many: true, key: 'email' });
    expect((await ask(await many({ id: 'A@b.c' }, null, { id: 'a@b.c' }), ['a@b.c'])).records).toEqual([
      [{ id: 'A@b.c' }, { id: 'a@b.c' }],
    ]);
    expect((await ask(await many({ id: 'a@b.c' }, { id: 'x@b.c' }), ['a@b.c'])).records).toEqual(['SOURCE_INVALID']);
  });
});

/** Texts that differ in spelling only, as the contract defines it, or in more. */
const spelled = fc
  .tuple(
    fc.constantFrom('', ' ', '\u00a0'),
    fc.constantFrom('', '0', '00'),
    fc.array(fc.constantFrom('a', 'A', 'é', 'e\u0301', '1', '0', '@', ' '), { minLength: 1, maxLength: 3 }),
  )
  .map(([space, zeros, letters]) => `${space}${zeros}${letters.join('')}${space}`);
const lower: KeyNormalizer = (value) => value.trim().normalize('NFC').toLowerCase();
const sameButForSpelling = (one: string, other: string) => {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .trim()
      .toLowerCase()
      .replace(/^0+(?!$)/, '');
  return plain(one) === plain(other);
};

it.each([
  ['without a normalisation', undefined],
  ['with one', lower],
])('answers what the contract says, for any rows and keys, %s', async (_, normalizeKey) => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(spelled, { minLength: 1, maxLength: 4 }), fc.array(spelled, { maxLength: 5 }), async (keys, ids) => {
      const rows = ids.map((id, n) => ({ id, n }));
      const equal = (key: string, id: string) => key === id || (normalizeKey !== undefined && normalizeKey(key) === normalizeKey(id));
      const answers = await matchRows(keys, rows, { match: matchOf('id'), many: true, context: { onForeign: () => {}, normalizeKey } });
      for (const [index, key] of keys.entries()) {
        const own = rows.filter(({ id }) => equal(key, id));
        // A row that is another key's says nothing about a key that has rows of its own.
        const isForeign = (id: string) => !keys.some((each) => equal(each, id));
        const respelled = rows.some(({ id }) => (own.length === 0 || isForeign(id)) && sameButForSpelling(key, id));
        const answer = answers[index];
        if (respelled) expect(answer).toBeInstanceOf(Error);
        else expect(answer).toEqual(own);
      }
    }),
    { numRuns: 2_000 },
  );
});

it.each([
  ['without a normalisation', undefined],
  ['with one', lower],
])('finds in a file what the contract says, for any records and keys, %s', async (_, normalizeKey) => {
  const match = matchOf('id') as MatchField;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(spelled, { minLength: 1, maxLength: 4 }), fc.array(spelled, { maxLength: 6 }), async (keys, ids) => {
      const rows = ids.map((id, n) => ({ id, n }));
      const answers = await new RecordIndex(rows, match).find(keys, { many: true, context: { onForeign: () => {}, normalizeKey } });
      for (const [index, key] of keys.entries()) {
        const own = rows.filter(({ id }) => key === id || (normalizeKey !== undefined && normalizeKey(key) === normalizeKey(id)));
        // A file is looked up by this key, so no other record is answered with its own.
        if (own.length === 0 && ids.some((id) => sameButForSpelling(key, id))) expect(answers[index]).toBeInstanceOf(Error);
        else expect(answers[index]).toEqual(own);
      }
    }),
    { numRuns: 500 },
  );
});

it('gives texts the same loose form exactly when they differ by spelling only', () => {
  fc.assert(
    fc.property(spelled, spelled, (one, other) => {
      expect(looseForm(one) === looseForm(other)).toBe(sameButForSpelling(one, other));
    }),
  );
});

it('lets other requests have their turn while it normalises the rows of a back end that answers all of them', async () => {
  // Work is cut by the processor time that it takes, so a millisecond of the clock would be too little on a busy machine.
  const time = () => process.threadCpuUsage().user;
  const slow: KeyNormalizer = (value) => {
    for (const end = time() + 1_000; time() < end; );
    return value;
  };
  const rows = Array.from({ length: 50 }, (_, index) => ({ id: `x${index}` }));
  let turns = 0;
  const count = () => {
    turns++;
    other = setImmediate(count);
  };
  let other = setImmediate(count);
  expect(await matchRows(['1'], rows, { match: matchOf('id'), many: false, context: { onForeign: () => {}, normalizeKey: slow } })).toEqual(
    [null],
  );
  clearImmediate(other);
  expect(turns).toBeGreaterThan(1);
});

it('looks once at each row that differs from many keys by its spelling', async () => {
  const keys = Array.from({ length: 100 }, (_, index) => [...'abcdefg'].map((c, at) => ((index >> at) & 1 ? c.toUpperCase() : c)).join(''));
  const rows = Array.from({ length: 500 }, () => ({ id: ' ABCDEFG' }));
  const normalize = vi.spyOn(String.prototype, 'normalize');
  const answers = await matchRows(keys, rows, { match: matchOf('id'), many: true, context: { onForeign: () => {} } });
  const looks = normalize.mock.calls.length;
  normalize.mockRestore();
  expect(answers.every((answer) => answer instanceof Error)).toBe(true);
  expect(looks).toBeLessThan(10 * (keys.length + rows.length));
});
