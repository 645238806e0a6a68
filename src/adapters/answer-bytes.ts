// From the bytes of an answer to its text: content codings, then UTF-8.
import { constants, isAscii } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { AdapterFailure, oversize } from './adapter-failure.ts';

type Decompress = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

const zlibInflate = promisify(inflate) as Decompress;
const rawInflate = promisify(inflateRaw) as Decompress;

/** `deflate` is the zlib format (RFC 9110, section 8.4.1.2); some servers send bare deflate data under that name. */
const anyInflate: Decompress = (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? zlibInflate : rawInflate)(bytes, options);

/** The content codings that are understood (RFC 9110, section 8.4.1). */
const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip) as Decompress,
  'x-gzip': promisify(gunzip) as Decompress,
  br: promisify(brotliDecompress) as Decompress,
  deflate: anyInflate,
};

/** For `accept-encoding`. */
export const CONTENT_CODINGS = 'gzip, deflate, br';
/** Codings on top of each other. */
const MAX_CODINGS = 2;

/** The codings of an answer, in the order in which they are removed. */
export function codingsOf(contentEncoding: string): readonly string[] {
  const names = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity').reverse();
}

/**
 * Decompresses an answer.
 * @param limit bytes of the decompressed answer at most: decompression stops there, so that a "zip bomb" does no harm.
 * @throws AdapterFailure SOURCE_INVALID for an unknown coding, for broken data, and for an answer beyond the limit.
 */
export async function decompress(bytes: Buffer, codings: readonly string[], limit: number): Promise<Buffer> {
  if (codings.length > MAX_CODINGS || !codings.every((name) => Object.hasOwn(DECOMPRESS, name))) {
    throw new AdapterFailure(
      'SOURCE_INVALID',
      `expected an answer encoded by one of ${CONTENT_CODINGS}, received another content-encoding`,
    );
  }
  const maxOutputLength = Math.min(limit, constants.MAX_LENGTH);
  let current = bytes;
  for (const name of codings) {
    try {
      current = await (DECOMPRESS[name] as Decompress)(current, { maxOutputLength });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw oversize('answer', limit, error);
      throw new AdapterFailure('SOURCE_INVALID', `the answer is not ${name}, as its content-encoding says`, error);
    }
  }
  return current;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const decoderOfValues = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a text. A byte order mark at the beginning of a file or an answer is removed; in a value it is a character like
 * any other.
 * @throws AdapterFailure SOURCE_INVALID for bytes that are no UTF-8: with replaced characters a name would be wrong.
 */
export function decodeUtf8(bytes: Buffer, { isValue = false }: { readonly isValue?: boolean } = {}): string {
  // Most answers are ASCII, which is read in a third of the time.
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return (isValue ? decoderOfValues : decoder).decode(bytes);
  } catch (error) {
    throw new AdapterFailure('SOURCE_INVALID', 'the answer is not UTF-8', error);
  }
}
