import { createReadStream } from 'node:fs';

/** One line of a text file. */
export interface TextLine {
  /** Counted from 1. */
  readonly line: number;
  /** Bytes of the file up to its end, approximately: a byte that is no UTF-8 counts as three. */
  readonly end: number;
  /** Without its line end; only the beginning of a line that is too long. */
  readonly text: string;
  /** `\n`, `\r\n`, `\r`, or nothing at the end of the file. */
  readonly ending: string;
  readonly isTooLong: boolean;
  /** Too long, or no UTF-8. */
  readonly problem: string | null;
}

/** Characters. A longer line is reported as a problem and skipped, to bound memory. */
export const MAX_LINE = 1024 * 1024;
/** Characters that are kept of a line that is too long, so that it can be found. */
const SHOWN = 200;
const READ_BYTES = 256 * 1024;
export const TOO_LONG = 'expected less than 1 MB on one line';
const NOT_UTF8 = 'expected UTF-8, received bytes that are none';

/** Splits chunks of text into lines. Each line may end in `\n`, `\r\n` or `\r`. */
export class LineSplitter {
  #line = 0;
  #end = 0;
  #rest = '';
  /** The beginning of the current line, once it is too long. */
  #beginning: string | null = null;

  push(chunk: string): TextLine[] {
    const text = this.#rest + chunk;
    const lines: TextLine[] = [];
    let start = 0;
    let feed = text.indexOf('\n');
    let carriage = text.indexOf('\r');
    // A \r at the end of a chunk may be half of a \r\n.
    while (feed !== -1 || (carriage !== -1 && carriage < text.length - 1)) {
      const isFeed = carriage === -1 || (feed !== -1 && feed < carriage);
      const at = isFeed ? feed : carriage;
      const ending = isFeed ? '\n' : feed === at + 1 ? '\r\n' : '\r';
      lines.push(this.#finish(text.slice(start, at), ending));
      start = at + ending.length;
      if (feed !== -1 && feed < start) feed = text.indexOf('\n', start);
      if (carriage !== -1 && carriage < start) carriage = text.indexOf('\r', start);
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_LINE) {
      this.#beginning ??= this.#rest.slice(0, SHOWN);
      // The last character may be half of a line end.
      this.#end += Buffer.byteLength(this.#rest.slice(0, -1));
      this.#rest = this.#rest.slice(-1);
    }
    return lines;
  }

  /** The last line, where it has no end. */
  end(): TextLine[] {
    const rest = this.#rest;
    this.#rest = '';
    if (rest.endsWith('\r')) return [this.#finish(rest.slice(0, -1), '\r')];
    return rest !== '' || this.#beginning !== null ? [this.#finish(rest, '')] : [];
  }

  #finish(text: string, ending: string): TextLine {
    this.#line++;
    this.#end += Buffer.byteLength(text) + ending.length;
    const position = { line: this.#line, end: this.#end, ending };
    if (this.#beginning !== null || text.length > MAX_LINE) {
      const shown = this.#beginning ?? text.slice(0, SHOWN);
      this.#beginning = null;
      return { ...position, text: shown, isTooLong: true, problem: TOO_LONG };
    }
    // Files that were joined have a byte order mark in the middle, too.
    const shown = text.startsWith('\uFEFF') ? text.slice(1) : text;
    return { ...position, text: shown, isTooLong: false, problem: shown.includes('\uFFFD') ? NOT_UTF8 : null };
  }
}

/**
 * Reads a file line by line, however long it is.
 * @returns the lines of one chunk after the other.
 * @throws Error for a file that can't be read.
 */
export async function* readLines(file: string): AsyncGenerator<TextLine[]> {
  const splitter = new LineSplitter();
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: READ_BYTES })) yield splitter.push(chunk);
  yield splitter.end();
}
