import { isAscii } from 'node:buffer';
import { AdapterFailure } from './adapter-failure.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const decoderOfValues = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a text. A byte order mark at its beginning is left out, as files and answers may have one; in a value it is a
 * character like any other.
 * @throws AdapterFailure SOURCE_INVALID for bytes that are no UTF-8: replaced characters would be somebody's wrong name.
 */
export function decodeUtf8(bytes: Buffer, { isValue = false }: { readonly isValue?: boolean } = {}): string {
  // Most of what machines say is ASCII, which is read at a third of the price.
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return (isValue ? decoderOfValues : decoder).decode(bytes);
  } catch (error) {
    throw new AdapterFailure('SOURCE_INVALID', 'the answer is not UTF-8', error);
  }
}
