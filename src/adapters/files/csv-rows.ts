import { CsvError, type Options, parse } from 'csv-parse/sync';
import { MAX_LINE, type TextLine, TOO_LONG } from './text-lines.ts';

/** One row of a CSV, which may have several lines. */
export interface CsvRow {
  /** Of its last line. */
  readonly line: number;
  /** Bytes of the file up to its end. */
  readonly end: number;
  /** Without quotes and surrounding spaces. Where `text` is set, a guess: the parts between delimiters. */
  readonly cells: readonly string[];
  /** What is wrong with the row, whose cells can't be trusted then. */
  readonly problem: string | null;
  /** The original text of a row that could not be split into cells; otherwise null. */
  readonly text: string | null;
  /** True where the file ends inside a quoted cell of this line: the file is still being written, or was cut off. */
  readonly isCutOff: boolean;
}

const NOT_CLOSED = 'expected a quote that is closed, received a cell whose quote is not';
const STRAY_QUOTE = 'expected quotes around whole cells, with quotes inside them doubled; received others';
/** For a row of one line, which may have a quote inside a cell without quotes around it: `12" VINYL`. */
const LENIENT: Options = { trim: true, relax_column_count: true, relax_quotes: true, record_delimiter: '\n' };
/** For a row of several lines. Every quote must be where the format allows one: otherwise one cell could contain the following rows. */
const STRICT: Options = { ...LENIENT, relax_quotes: false, record_delimiter: ['\r\n', '\n', '\r'] };

/**
 * Splits lines into the rows of a CSV (RFC 4180). A broken row is one row with a problem: the next one begins on the next
 * line. `csv-parse` reads the cells; it gets whole rows, because it can't continue after a quote that is never closed.
 */
export class CsvRows {
  readonly #delimiter: string;
  /** The lines of a row whose quote is not closed yet. */
  #open: TextLine[] = [];
  #openLength = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(lines: readonly TextLine[]): CsvRow[] {
    const rows: CsvRow[][] = [];
    let whole: TextLine[] = [];
    for (const line of lines) {
      if (this.#open.length === 0 && (line.isTooLong || !hasOddQuotes(line.text))) whole.push(line);
      else {
        rows.push(this.#rowsOf(whole), this.#open.length === 0 ? this.#begin(line) : this.#goOn(line));
        whole = [];
      }
    }
    rows.push(this.#rowsOf(whole));
    return rows.flat();
  }

  /** The rows in the lines of an incomplete row. */
  end(): CsvRow[] {
    return this.#giveUp();
  }

  /** A line with an odd number of quotes: `12" VINYL`, or the beginning of a row that goes on. */
  #begin(line: TextLine): CsvRow[] {
    const read = this.#parse(line.text, LENIENT);
    if (!isNotClosed(read)) return [this.#rowOf(line, read)];
    this.#open = [line];
    this.#openLength = line.text.length;
    return [];
  }

  #goOn(line: TextLine): CsvRow[] {
    this.#open.push(line);
    this.#openLength += line.text.length;
    if (this.#openLength > MAX_LINE || line.isTooLong) return this.#giveUp();
    // With all quotes in their place they come in pairs, so the row can't end before.
    if (!hasOddQuotes(line.text)) return [];
    const text = this.#open.map((each, index) => (index < this.#open.length - 1 ? each.text + each.ending : each.text)).join('');
    const read = this.#parse(text, STRICT);
    if (read instanceof CsvError || read.length !== 1) return this.#giveUp();
    const problem = this.#open.find((each) => each.problem !== null)?.problem ?? null;
    this.#open = [];
    return [toRow({ ...line, problem }, read[0] as string[])];
  }

  /** The first line is a broken row; the others are read as rows of their own. */
  #giveUp(): CsvRow[] {
    const [first, ...others] = this.#open;
    if (first === undefined) return [];
    this.#open = [];
    return [this.#broken(first, NOT_CLOSED), ...this.push(others)];
  }

  /** @param lines one row each; empty ones are no rows. */
  #rowsOf(lines: readonly TextLine[]): CsvRow[] {
    const quoted = this.#readQuoted(lines.filter(({ text, isTooLong }) => !isTooLong && text.includes('"')));
    let next = 0;
    return lines.flatMap((line) => {
      if (line.isTooLong) return [this.#broken(line, TOO_LONG)];
      if (line.text.includes('"')) return [quoted[next++] as CsvRow];
      return line.text.trim() === '' ? [] : [toRow(line, this.#split(line.text))];
    });
  }

  /** One call of the parser costs as much as ten rows, so it gets all of them. Halving finds a broken one. */
  #readQuoted(lines: readonly TextLine[]): CsvRow[] {
    const [first] = lines;
    if (first === undefined) return [];
    const read = this.#parse(lines.map(({ text }) => text).join('\n'), LENIENT);
    if (lines.length === 1) return [this.#rowOf(first, read)];
    if (!(read instanceof CsvError) && read.length === lines.length)
      return lines.map((line, index) => toRow(line, read[index] as string[]));
    const middle = lines.length >> 1;
    return [...this.#readQuoted(lines.slice(0, middle)), ...this.#readQuoted(lines.slice(middle))];
  }

  #rowOf(line: TextLine, read: string[][] | CsvError): CsvRow {
    if (read instanceof CsvError || read.length !== 1) return this.#broken(line, isNotClosed(read) ? NOT_CLOSED : STRAY_QUOTE);
    return toRow(line, read[0] as string[]);
  }

  #broken({ line, end, text, ending }: TextLine, problem: string): CsvRow {
    const cells = this.#split(text).map((cell) => cell.replace(/^"|"$/g, ''));
    return { line, end, cells, problem, text, isCutOff: problem === NOT_CLOSED && ending === '' };
  }

  #split(text: string): string[] {
    const cells = text.split(this.#delimiter);
    for (let index = 0; index < cells.length; index++) cells[index] = (cells[index] as string).trim();
    return cells;
  }

  #parse(text: string, options: Options): string[][] | CsvError {
    try {
      return parse(text, { ...options, delimiter: this.#delimiter }) as unknown as string[][];
    } catch (error) {
      if (error instanceof CsvError) return error;
      throw error;
    }
  }
}

function toRow({ line, end, problem }: TextLine, cells: readonly string[]): CsvRow {
  return { line, end, cells, problem, text: null, isCutOff: false };
}

function hasOddQuotes(text: string): boolean {
  let isOdd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}

function isNotClosed(read: unknown): boolean {
  return read instanceof CsvError && read.code === 'CSV_QUOTE_NOT_CLOSED';
}
