import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileAdapterOptions, fileAdapter } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';

type Options = Omit<FileAdapterOptions, 'path' | 'match'>;

function adapterOf(content: string | Buffer, options: Options = {}, name = 'things.csv') {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, content);
  return { path, adapter: fileAdapter({ path, match: 'id', key: 'crmId', ...options }) };
}

/** For each key its record, or the code of its error. */
const ask = async (content: string | Buffer, keys: readonly string[], options?: Options, name?: string) =>
  recordsOf(await askAll(sourceOf(adapterOf(content, options, name).adapter), keys));

const SCHEMA = 'type Thing { id: ID name: String price: Float } type Customer { thing: Thing @from(source: "things") }';
const QUERY = `query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) {
  thing { id name price } sources { name status errorCode } } }`;

describe('fileAdapter', () => {
  it('stops a search that is aborted, as when an agent types on', async () => {
    // To look at one takes long, so that looking at all of them takes several turns of the event loop.
    const wanted = Array.from({ length: 20 }, (_, at) => `word${at}`).join(' ');
    const letters = Array.from({ length: 100 }, (_, at) => ({ id: `${at}`, text: `${'a '.repeat(20_000)}${wanted}` }));
    const { adapter } = adapterOf(JSON.stringify(letters), { search: ['text'] }, 'things.json');
    const search = (signal: AbortSignal) => adapter.search?.(wanted, { first: 2, signal, headers: {}, maxAnswerBytes: 1e6 });
    expect(await search(new AbortController().signal)).toEqual(['0', '1']);
    const controller = new AbortController();
    const aborted = search(controller.signal);
    controller.abort(new Error('typed on'));
    await expect(aborted).rejects.toThrow('typed on');
  });

  it('fails only the keys of broken rows, reports them once in the log and in the metrics, and shows no value', async () => {
    const rows = ['1,Ada,1.5', '2,Ben,cheap', '3,Cleo,2,more', '4,"Dan,3', '5,12" VINYL,4', '6,Eve'];
    const { path, adapter } = adapterOf(`id,name,price\r\n${rows.join('\n')}\n`, { types: { price: 'number' } });
    const gateway = await testGateway({ schema: SCHEMA, dataSources: { things: adapter } });
    const variables = { i: ['1', '2', '3', '4', '5', '6', '7'].map((value) => ({ type: 'crmId', value })) };
    const answer = await gateway.ask(QUERY, { variables, role: 'SERVICE' });
    expect(answer.data.customersByIdentifiers.map(({ thing }: { thing: unknown }) => thing)).toEqual([
      { id: '1', name: 'Ada', price: 1.5 },
      ...[null, null, null],
      { id: '5', name: '12" VINYL', price: 4 },
      ...[null, null],
    ]);
    const errors = answer.errors.map(({ path: at, message, extensions }) => [at?.[1], extensions.code, message]);
    expect(errors).toEqual([
      [1, 'SOURCE_INVALID', expect.stringContaining('line 3: price: expected a plain number such as 12 or -0.5')],
      [2, 'SOURCE_INVALID', expect.stringContaining('line 4: expected 3 cells, received 4')],
      [3, 'SOURCE_INVALID', expect.stringContaining('line 5: expected a quote that is closed')],
      [5, 'SOURCE_INVALID', expect.stringContaining('line 7: expected 3 cells, received 2')],
    ]);
    // No row has the key 7.
    expect(answer.data.customersByIdentifiers.at(-1).sources).toEqual([{ name: 'things', status: 'FRESH', errorCode: null }]);
    await gateway.ask(QUERY, { variables, role: 'SERVICE' });
    const lines = gateway.log.filter((line) => line.includes('can not be read'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ source: 'things', records: 4, problems: expect.any(Array) }]);
    expect(gateway.log.join('')).not.toMatch(/Ben|Cleo|Dan|cheap/);
    const metrics = await gateway.gateway.app.inject('/metrics');
    expect(metrics.body).toContain('gateway_source_unreadable_records_total{source="things"} 4');

    // The repaired file is read again.
    writeFileSync(`${path}.new`, 'id,name,price\n2,Ben,2\n');
    renameSync(`${path}.new`, path);
    const mended = await gateway.ask(QUERY, { variables, role: 'SERVICE' });
    expect(mended.errors).toEqual([]);
    expect(mended.data.customersByIdentifiers[1].thing).toEqual({ id: '2', name: 'Ben', price: 2 });
  });

  it('accepts a header that ends with delimiters, and columns with names that every JavaScript object has', async () => {
    expect(await ask('id,name,,\n1,Ada,,\n', ['1'])).toEqual([{ id: '1', name: 'Ada', '': null }]);
    expect(await ask('id,constructor,toString\n1,Ferrari,x\n', ['1'], { types: { id: 'number' } })).toEqual([
      { id: 1, constructor: 'Ferrari', toString: 'x' },
    ]);
  });

  it('fails every key when several columns have the name of the key, since the key of a row is then not known', async () => {
    expect(await ask('id,name,id\n1,Ada,2\n', ['1', '2'])).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID']);
  });

  it('fails every key of a file that ends within a quoted cell', async () => {
    expect(await ask('id,name\n1,a\n2,"b\nc', ['1', '3'])).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID']);
    // A complete row is read, whatever stands before it.
    expect(await ask('id,name\n1,a\n2,"b\n3,c', ['1', '2', '3'])).toEqual([
      { id: '1', name: 'a' },
      'SOURCE_INVALID',
      { id: '3', name: 'c' },
    ]);
  });

  it('fails a key when one of its rows is broken, since its list is not complete', async () => {
    const rows = 'id,name\n1,a\n1,b,c\n2,d\n';
    expect(await ask(rows, ['1', '2', '3'], { many: true })).toEqual(['SOURCE_INVALID', [{ id: '2', name: 'd' }], []]);
  });

  it('fails every key that a broken row may have, when its cells are shifted', async () => {
    const rows = 'name,id,note\nLovelace, Ada,1,x\nBen,2,y\n';
    expect(await ask(rows, ['1', 'Ada', '2', 'Lovelace'])).toEqual([
      ...['SOURCE_INVALID', 'SOURCE_INVALID'],
      { name: 'Ben', id: '2', note: 'y' },
      null,
    ]);
  });

  it('reads cells as their types, in the spellings that people and programs use, and fails for other spellings', async () => {
    const types = { sold: 'boolean', price: 'number' } as const;
    const options = { types, delimiter: '\\t', decimalComma: true };
    const rows = ['1\tYes\t12,5', '2\tf\t-0,5', '3\t\t', '4\t2\t1', '5\tno\t1.5', '6\tON\t9007199254740993'];
    expect(await ask(`id\tsold\tprice\n${rows.join('\n')}\n`, ['1', '2', '3', '4', '5', '6'], options)).toEqual([
      { id: '1', sold: true, price: 12.5 },
      { id: '2', sold: false, price: -0.5 },
      { id: '3', sold: null, price: null },
      ...['SOURCE_INVALID', 'SOURCE_INVALID'],
      { id: '6', sold: true, price: '9007199254740993' },
    ]);
    expect(() => adapterOf('id\n', { delimiter: '||' })).toThrow('delimiter: expected one character');
  });

  it('accepts a first line that names the delimiter, also when it lists the fields for the check of the schema', async () => {
    const text = '\ufeffsep=;\r\nid;name\r\n1;"a;b"\r\n';
    expect(adapterOf(text).adapter.fields).toEqual(['id', 'name']);
    expect(await ask(text, ['1'])).toEqual([{ id: '1', name: 'a;b' }]);
  });

  it('leaves out lines of NDJSON that are no records, and fails every key when the file ends within a line', async () => {
    const lines = '{"id":"1"}\n{"id":"2",\nnull\n[3]\r\n{"id":"4"}\r\n';
    expect(await ask(lines, ['1', '2', '4'], {}, 'things.ndjson')).toEqual([{ id: '1' }, null, { id: '4' }]);
    expect(await ask(`${lines}{"id":"5"`, ['1', '5'], {}, 'things.ndjson')).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID']);
    expect(await ask('id,name\n1,a\n2,"b', ['1', '3'])).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID']);
  });

  it('names the fields that were read when none is the key', async () => {
    for (const [name, content] of [
      ['things.csv', 'ID,name\n1,a\n'],
      ['things.json', '[{"ID":"1","name":"a"}]'],
    ] as const) {
      const [answer] = await askAll(sourceOf(adapterOf(content, {}, name).adapter), ['1']);
      expect(answer).toMatchObject({ code: 'SOURCE_INVALID', message: expect.stringContaining('the fields that came: ID, name') });
    }
  });

  it('fails a key that a broken row spells differently: in another normalised form, or in case, spaces and zeros', async () => {
    const { adapter } = adapterOf('id,name\nx-7,a,b\nAda@X.io,a,b\n007,a,b\n');
    const load = (keys: readonly string[], normalizeKey?: (value: string) => string) =>
      adapter.load(keys, {
        ...{ args: {}, headers: {}, fields: null, maxAnswerBytes: 1_000_000, normalizeKey },
        ...{ signal: new AbortController().signal, onForeign: () => {} },
      });
    const failure = expect.objectContaining({ code: 'SOURCE_INVALID' });
    expect(await load(['ada@x.io', '7', '8'])).toEqual([failure, failure, null]);
    expect(await load(['X7', 'X8'], (value) => value.toUpperCase().replace('-', ''))).toEqual([failure, null]);
  });
});
