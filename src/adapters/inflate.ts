import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { AdapterFailure } from './adapter-failure.ts';

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

/** The codings of an answer, in the order in which they are taken off. */
export function codingsOf(contentEncoding: string | undefined): readonly string[] {
  if (contentEncoding === undefined) return [];
  const names = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity').reverse();
}

/**
 * Decompresses an answer.
 * @param limit bytes that it may have then: what grows beyond (a "zip bomb") is stopped there.
 * @throws AdapterFailure SOURCE_INVALID for a coding that is not known, for broken data, and for too much of it.
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
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit, error);
      throw new AdapterFailure('SOURCE_INVALID', `the answer is not ${name}, as its content-encoding says`, error);
    }
  }
  return current;
}

/** What is said of an answer that is larger than its source's policy allows. */
export function tooLarge(limit: number, cause?: unknown): AdapterFailure {
  return new AdapterFailure('SOURCE_INVALID', `the answer is larger than ${limit} bytes (policy.maxAnswerBytes)`, cause);
}
