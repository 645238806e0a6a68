import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRow, CsvRows } from '../../src/adapters/files/csv-rows.ts';
import { decimalMarkOf, expectedNumber, readBoolean, readNumber, readPlainNumber } from '../../src/adapters/files/csv-values.ts';
import { type CsvOptions, readCsv } from '../../src/adapters/files/read-csv.ts';
import { LineSplitter } from '../../src/adapters/files/text-lines.ts';
import { temporaryDirectory } from '../support/gateway.ts';

/** Reads a text in chunks. */
function rowsOf(text: string, { delimiter = ',', chunk = text.length + 1 }: { delimiter?: string; chunk?: number } = {}): CsvRow[] {
  const splitter = new LineSplitter();
  const rows = new CsvRows(delimiter);
  const read: CsvRow[][] = [];
  for (let at = 0; at < text.length; at += chunk) read.push(rows.push(splitter.push(text.slice(at, at + chunk))));
  return [...read, rows.push(splitter.end()), rows.end()].flat();
}

async function fileOf(content: string | Buffer, options: CsvOptions = {}) {
  const file = join(temporaryDirectory(), 'rows.csv');
  writeFileSync(file, content);
  let columns: readonly string[] = [];
  const rows = await Array.fromAsync(
    readCsv(file, options, (names) => {
      columns = names;
    }),
  );
  return { columns, rows: rows.map(({ cells, problem }) => problem ?? cells) };
}

const LINE_ENDS = ['\n', '\r\n', '\r'];
const cellText = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', ';', '\t', ' ', '\n', '\r', '\r\n', '1', '.'), maxLength: 6 });
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

describe('rows of a CSV', () => {
  it('are the rows that were written by RFC 4180, with all line ends, quotes, delimiters and chunks', () => {
    const row = fc.array(fc.tuple(cellText, fc.boolean()), { minLength: 2, maxLength: 4 });
    const property = fc.property(
      fc.array(fc.tuple(row, fc.constantFrom(...LINE_ENDS)), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(',', ';', '\t'),
      fc.integer({ min: 1, max: 20 }),
      (table, delimiter, chunk) => {
        // Spaces around a cell without quotes are ignored, so a cell that begins or ends with them is quoted.
        const isPlain = (cell: string) => !/["\r\n]/.test(cell) && !cell.includes(delimiter) && cell.trim() === cell;
        const written = table.map(([cells, end]) => {
          return cells.map(([cell, isQuoted]) => (isQuoted || !isPlain(cell) ? quoted(cell) : cell)).join(delimiter) + end;
        });
        const read = rowsOf(written.join(''), { delimiter, chunk });
        expect(read.map(({ problem }) => problem)).toEqual(read.map(() => null));
        // A blank line is no row.
        const rows = table.filter((_, index) => written[index]?.trim() !== '');
        expect(read.map(({ cells }) => cells)).toEqual(rows.map(([cells]) => cells.map(([cell]) => cell)));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('do not change other rows when they are broken', () => {
    const broken = fc.constantFrom('1,"12 inch', '1,"12" VINYL"', '"a" b,c', '1,"', '"1,2', '1,"a"b"', '1,"a" "b');
    const right = fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z0-9 ,]{1,8}$/), fc.boolean());
    const property = fc.property(
      fc.array(right, { maxLength: 6 }),
      fc.array(right, { maxLength: 6 }),
      broken,
      fc.constantFrom(...LINE_ENDS),
      fc.integer({ min: 1, max: 30 }),
      (before, after, bad, end, chunk) => {
        const lineOf = ([first, second, isQuoted]: readonly [string, string, boolean]) =>
          `${isQuoted ? quoted(first) : first},${quoted(second)}`;
        const lines = [...before.map(lineOf), bad, ...after.map(lineOf)];
        const read = rowsOf(lines.map((line) => line + end).join(''), { chunk });
        expect(read.filter(({ problem }) => problem !== null)).toMatchObject([{ line: before.length + 1, text: bad }]);
        const cells = read.filter(({ problem }) => problem === null).map((row) => row.cells);
        expect(cells).toEqual([...before, ...after].map(([first, second]) => [first, second]));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('keep a quote inside a cell that is not quoted', () => {
    expect(rowsOf('1,12" VINYL\n2,7" and 12"\n').map(({ cells }) => cells)).toEqual([
      ['1', '12" VINYL'],
      ['2', '7" and 12"'],
    ]);
  });

  it('may be long, up to a megabyte', () => {
    const long = `1,"${'x\n'.repeat(200_000)}"`;
    expect(rowsOf(`${long}\n2,b`, { chunk: 64 * 1024 }).map(({ problem, cells }) => problem ?? cells[1]?.length)).toEqual([400_000, 1]);
    const [first, ...others] = rowsOf(`1,"${'x,y\n'.repeat(400_000)}`, { chunk: 64 * 1024 });
    expect(first).toMatchObject({ line: 1, problem: expect.stringContaining('quote that is closed') });
    expect(others).toHaveLength(399_999);
    expect(others.every(({ problem, cells }) => problem === null && cells.length === 2)).toBe(true);
  });

  it('are counted by lines and bytes of the file', () => {
    const text = 'é,b\r\n"x\ny",z\r3,"4"';
    expect(rowsOf(text).map(({ line, end }) => [line, end])).toEqual([
      [1, 6],
      [3, 14],
      [4, 19],
    ]);
  });
});

describe('a CSV file', () => {
  const expected = {
    columns: ['id', 'name'],
    rows: [
      ['1', 'a'],
      ['2', 'b'],
    ],
  };

  it.each([
    ['a byte order mark', '\ufeffid,name\n1,a\n2,b\n'],
    ['mixed line ends', 'id,name\r\n1,a\n2,b\r'],
    ['line ends of old Macintosh computers', 'id,name\r1,a\r2,b\r'],
    ['empty rows', 'id,name\n\n1,a\n,\n   \n2,b\n,\n\n'],
    ['concatenated exports', '\ufeffid,name\r\n1,a\r\n\ufeffid,name\n2,b\n'],
    ['a line that names the delimiter', 'sep=;\r\nid;name\r\n1;a\r\n2;b\r\n'],
    ['such a line, in concatenated exports', 'sep=;\nid;name\n1;a\nsep=;\nid;name\n2;b\n'],
    ['spaces around cells', 'id , "name"\n 1, a\n2 ,"b" \n'],
  ])('with %s', async (_, text) => {
    expect(await fileOf(text)).toEqual(expected);
  });

  it('has the delimiter of the option, whatever its first line is', async () => {
    expect(await fileOf('id\tname\n1\ta\n2\tb\n', { delimiter: '\t' })).toEqual(expected);
    expect(await fileOf('sep=,\nid;name\n1;a\n2;b\n', { delimiter: ';' })).toEqual(expected);
  });

  it('reports what is wrong with each row that is no UTF-8, or has more or fewer cells than columns', async () => {
    const latin1 = Buffer.from('id,name\n1,Zo\u00eb\n2,b\n3\n4,x,y\n', 'latin1');
    expect((await fileOf(latin1)).rows).toEqual([
      'expected UTF-8, received bytes that are none',
      ['2', 'b'],
      'expected 2 cells, received 1',
      'expected 2 cells, received 3',
    ]);
    await expect(fileOf('')).rejects.toThrow('expected a first line');
    await expect(fileOf(Buffer.from('\ufeffid,name\n1,a\n', 'utf16le'))).rejects.toThrow('expected UTF-8');
  });
});

describe('values of a CSV', () => {
  it('are booleans in the usual spellings', () => {
    const spellings = ['true', 'TRUE', 'True', 'yes', 'Y', 't', 'on', '1'];
    expect(spellings.map(readBoolean)).toEqual(spellings.map(() => true));
    const opposites = ['false', 'FALSE', 'no', 'N', 'F', 'off', '0'];
    expect(opposites.map(readBoolean)).toEqual(opposites.map(() => false));
    for (const neither of ['', '2', 'maybe', '-1', 'truee', 'null']) expect(readBoolean(neither)).toBeNull();
  });

  it.each([
    // text; its value with the decimal mark `.`, with `,`, with either
    ['12.5', 12.5, null, 12.5],
    ['12,5', null, 12.5, 12.5],
    ['-0,05', null, -0.05, -0.05],
    ['1,234', null, 1.234, null],
    ['1.234', 1.234, null, null],
    ['0,125', null, 0.125, 0.125],
    ['1,234.50', null, null, null],
    ['1.234,50', null, null, null],
    ['007', 7, 7, 7],
    ['1e3', 1000, 1000, 1000],
    ['9007199254740991', 9007199254740991, 9007199254740991, 9007199254740991],
    ['9007199254740992', '9007199254740992', '9007199254740992', '9007199254740992'],
    ['0.12345678901234567890', '0.12345678901234567890', null, '0.12345678901234567890'],
    ['12 EUR', null, null, null],
    ['Infinity', null, null, null],
    ['0x10', null, null, null],
    ['#REF!', null, null, null],
  ])('%s is a number, or none, by its mark', (text, point, comma, either) => {
    expect([readNumber(text, 'point'), readNumber(text, 'comma'), readNumber(text, 'either')]).toEqual([point, comma, either]);
  });

  it('are JavaScript numbers only where these are exact', () => {
    expect(['12', '-0.5', '012', '1e3', '+1', '.5', '9007199254740993'].map((text) => readPlainNumber(text, 'point'))).toEqual([
      ...[12, -0.5],
      ...[null, null, null, null, null],
    ]);
    expect(readPlainNumber('12,50', 'comma')).toBe(12.5);
    expect(expectedNumber('9007199254740993', 'point')).toContain('a whole number below 2^53');
  });

  it('have either decimal mark in a file with semicolons, and a point in any other, unless the option says', () => {
    expect([decimalMarkOf(undefined, ';'), decimalMarkOf(undefined, ','), decimalMarkOf(undefined, '\t')]).toEqual([
      'either',
      'point',
      'point',
    ]);
    expect([decimalMarkOf(true, ','), decimalMarkOf(false, ';')]).toEqual(['comma', 'point']);
  });
});
