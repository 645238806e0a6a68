import { describe, expect, it } from 'vitest';
import { type CommonAdapterOptions, sqlAdapter } from '../../src/index.ts';
import { sqliteWith } from '../adapters/sql-tables.ts';
import { memorySource, testGateway } from '../support/gateway.ts';

const CUSTOMER = { role: 'CUSTOMER' as const, subject: '1' };

/** A value of a back end, and the options of its adapter. */
type Answered = readonly [value: unknown, options?: CommonAdapterOptions];

/**
 * What a client gets of each value, on both ways to execute: as a field of the customer, in a list, and as a field of a
 * record, where it must be the same. In the place of a value that is refused, what the error says.
 */
async function read(type: string, ...answered: readonly Answered[]): Promise<unknown[]> {
  const fields = answered.map(
    (_, n) => `v${n}: ${type} @from(source: "s${n}", path: "value") list${n}: [${type}] @from(source: "s${n}", path: "list")
      rows${n}: [Row] @from(source: "s${n}", path: "rows") other${n}: Int @from(source: "s${n}", path: "other")`,
  );
  const schema = `type Customer { ${fields.join('\n')} } type Row { value: ${type} }`;
  const dataSources = Object.fromEntries(
    answered.map(([value, options], n) => [
      `s${n}`,
      memorySource({ 1: { value, list: [value, null], rows: [{ value }], other: 7 } }, options).adapter,
    ]),
  );
  const { ask } = await testGateway({ schema, dataSources });
  const query = answered.map((_, n) => `v${n} list${n} rows${n} { value } other${n}`).join(' ');
  const { data, errors } = await ask(`{ customer { ${query} } }`, CUSTOMER);
  return answered.map((_, n) => {
    const { [`v${n}`]: value, [`list${n}`]: list, [`rows${n}`]: rows, [`other${n}`]: other } = data.customer;
    expect({ list: list?.[0] ?? null, row: rows[0].value, other }).toEqual({ list: value, row: value, other: 7 });
    const error = errors.find(({ path }) => path?.[1] === `v${n}`);
    return error === undefined
      ? value
      : `${error.extensions.code} ${error.message.replace(/^Customer\.v\d+: expected .*? from s\d+, /, '')}`;
  });
}

const MILLISECONDS = { instants: { value: 'milliseconds', list: 'milliseconds', 'rows.value': 'milliseconds' } } as const;
const SECONDS = { instants: { value: 'seconds', list: 'seconds', 'rows.value': 'seconds' } } as const;
const NO_ZONE = "SOURCE_INVALID received a time without a zone; say which by the adapter's option timeZone";
const A_NUMBER = `SOURCE_INVALID received a number; if it is the time since 1970, say so by the adapter's option instants ('seconds' or 'milliseconds')`;

describe('a DateTime', () => {
  it('is read from a date and a time with a zone, as back ends write them', async () => {
    const texts = ['2026-07-01T08:00:00Z', '2026-07-01t10:00:00+02:00', '2026-07-01 10:00:00.000123+02', '2026-07-01T10:00+0200'];
    const values = [...texts, new Date('2026-07-01T08:00:00Z')].map((value) => [value] as const);
    expect(await read('DateTime', ...values)).toEqual(values.map(() => '2026-07-01T08:00:00.000Z'));
  });

  it('without a zone is one only with the zone that the owner names', async () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    expect(await read('DateTime', ['2025-07-01 10:00:00'], ['2025-07-01 10:00:00', berlin], ['2025-01-01T10:00:00.5', berlin])).toEqual([
      NO_ZONE,
      '2025-07-01T08:00:00.000Z',
      '2025-01-01T09:00:00.500Z',
    ]);
  });

  it('as a number is one only in the unit that the owner names', async () => {
    expect(await read('DateTime', [1735689600], [1735689600, SECONDS], ['1735689600', SECONDS], [1735689600000, MILLISECONDS])).toEqual([
      A_NUMBER,
      '2025-01-01T00:00:00.000Z',
      '2025-01-01T00:00:00.000Z',
      '2025-01-01T00:00:00.000Z',
    ]);
  });

  it('is nothing else', async () => {
    const values = ['2026-02-30T10:00:00Z', '2026-01-01', 'yesterday', '', true, new Date(Number.NaN), 7n, {}, []];
    const answers = await read('DateTime', ...values.map((value) => [value] as const));
    for (const answer of answers) expect(answer).toMatch(/^SOURCE_INVALID received (an unfit \w+|an invalid date)$/);
  });
});

describe('the other times', () => {
  it('keep to the same rule', async () => {
    const values = [['2026-07-01 10:00:00+02'], ['2026-07-01 10:00:00'], [1_000]] as const;
    expect(await read('DateTimeISO', ...values)).toEqual(['2026-07-01T08:00:00.000Z', NO_ZONE, A_NUMBER]);
    expect(await read('Timestamp', ...values)).toEqual([Date.UTC(2026, 6, 1, 8), NO_ZONE, 1_000]);
  });

  it('that are days are texts, or dates at midnight UTC, never the day of some zone', async () => {
    const days = ['1975-05-11', new Date('1975-05-11T00:00:00Z'), new Date('1975-05-10T23:00:00Z'), '1975-02-30'];
    expect(await read('Date', ...days.map((day) => [day] as const))).toEqual([
      '1975-05-11',
      '1975-05-11',
      'SOURCE_INVALID received an instant, whose day depends on the zone; have the back end answer the date as a text (YYYY-MM-DD)',
      'SOURCE_INVALID received an unfit string',
    ]);
  });
});

describe('digits', () => {
  const ROUNDED = 'SOURCE_INVALID received a number beyond 2^53, which JavaScript rounds; answer it as a text or a BigInt';

  it.each(['ID', 'String'])('of an %s are all there, or it is refused', async (type) => {
    const values = [[9007199254740993n], [-7n], [Number.MAX_SAFE_INTEGER], [2 ** 53], ['9007199254740993']] as const;
    expect(await read(type, ...values)).toEqual(['9007199254740993', '-7', '9007199254740991', ROUNDED, '9007199254740993']);
    expect(await read(`[${type}!]`, [[7n, 'x']], [[1, 2 ** 53]])).toEqual([['7', 'x'], ROUNDED]);
  });

  it('of a BigInt are a number where the type is one and has room for it', async () => {
    expect(await read('Int', [7n], [9007199254740993n])).toEqual([7, 'SOURCE_INVALID received an unfit bigint']);
    expect(await read('Float', [7n])).toEqual([7]);
  });

  it('of a key in a record are all there, or nothing is asked for', async () => {
    const schema = `type Customer { lines: [Line] @from(source: "crm", path: "lines") }
      type Line { sku: ID product: String @from(source: "catalog", key: "sku", path: "name") }`;
    const catalog = memorySource({ '9007199254740993': { name: 'right' }, '9007199254740992': { name: 'wrong' } }).adapter;
    const lines = ['9007199254740993', 9007199254740993n, 2 ** 53].map((sku) => ({ sku }));
    const { ask } = await testGateway({ schema, dataSources: { catalog, crm: memorySource({ 1: { lines } }).adapter } });
    const { data, errors } = await ask('{ customer { lines { product } } }', CUSTOMER);
    expect(data.customer.lines).toEqual([{ product: 'right' }, { product: 'right' }, { product: null }]);
    expect(errors.map(({ message, extensions }) => [extensions.code, message])).toEqual([
      ['SOURCE_INVALID', expect.stringMatching(/^sku: expected the key for catalog, received a number beyond 2\^53/)],
    ]);
  });

  it('of a date as a text are those of ISO 8601', async () => {
    expect(await read('String', [new Date(0)])).toEqual(['1970-01-01T00:00:00.000Z']);
  });
});

describe('JSON that stands in a text', () => {
  const ADDRESS = '{"city":"Leeds","points":9007199254740991,"at":{"x":[1,2]},"lines":[{"text":"a"},{"text":"b"}]}';
  const schema = `
    type Customer {
      city: String @from(source: "crm", path: "address.city")
      x: [Int!] @from(source: "crm", path: "address.at.x")
      address: Address @from(source: "crm", path: "address")
      lines: [Line!] @from(source: "crm", path: "address.lines")
      text: String @from(source: "crm", path: "address")  none: String @from(source: "crm", path: "address.street.name")
      note: String @from(source: "crm", path: "note.city")  broken: String @from(source: "crm", path: "broken.city")
    }
    type Address { city: String points: Float } type Line { text: String }`;

  it('is what a path, an object or a list of objects is read from, and a text where a text is asked for', async () => {
    const url = sqliteWith(
      'create table customer (id text, address text, note text, broken text)',
      `insert into customer values ('1', '${ADDRESS}', 'city', '{"city":')`,
    );
    const crm = sqlAdapter({ url, key: 'crmId', match: 'id', query: 'select id, address, note, broken from customer where id in ($keys)' });
    const { ask } = await testGateway({ schema, dataSources: { crm } });
    const { data, errors } = await ask('{ customer { city x address { city points } lines { text } text none note broken } }', CUSTOMER);
    expect(data.customer).toEqual({
      city: 'Leeds',
      x: [1, 2],
      address: { city: 'Leeds', points: 9007199254740991 },
      lines: [{ text: 'a' }, { text: 'b' }],
      text: ADDRESS,
      none: null,
      note: null,
      broken: null,
    });
    expect(errors.map(({ message, extensions }) => [extensions.code, message])).toEqual([
      ['SOURCE_INVALID', 'Customer.broken: expected JSON from crm, received a text that is none'],
    ]);
  });
});

describe('newestBy', () => {
  it('takes a time without a zone for UTC, in whatever zone this process is', async () => {
    const schema = `type Customer { name: String @from(source: "one", newestBy: "at") @from(source: "other", newestBy: "at") }`;
    const one = memorySource({ 1: { name: 'one', at: '2026-07-01 10:00:00' } }).adapter;
    const other = memorySource({ 1: { name: 'other', at: '2026-07-01T10:00:00.001Z' } }).adapter;
    const zone = process.env.TZ;
    try {
      for (const name of ['America/New_York', 'Asia/Tokyo']) {
        process.env.TZ = name;
        const { ask } = await testGateway({ schema, dataSources: { one, other } });
        expect((await ask('{ customer { name } }', CUSTOMER)).data.customer.name).toBe('other');
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});
