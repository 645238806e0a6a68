import { createHash } from 'node:crypto';
import { UnsentKey } from '../adapters/adapter-failure.ts';
import type { DataAdapter, KeyNormalizer, LoadContext } from '../adapters/data-adapter.ts';
import { isEmptyObject } from '../adapters/values.ts';
import { isHeaderValue } from '../model/header-value.ts';

/** Everything that a source is asked with beside the key: answers are shared within one scope and never between two. */
export interface SourceScope extends Pick<LoadContext, 'args' | 'headers' | 'normalizeKey'> {
  readonly id: string;
  /** Why nothing can be asked for with these arguments; null when it can. */
  readonly refusal: UnsentKey | null;
}

/** The key type of keys that are no identifiers, and equal when they are the same text. */
export const PLAIN_KEYS = '';

/** Makes the scopes of one source. */
export class SourceScopes {
  readonly #adapter: DataAdapter;
  readonly #keyNormalizers: ReadonlyMap<string, KeyNormalizer>;
  /** The scope without arguments, headers and key type: that of most calls. */
  readonly usual: SourceScope;

  constructor(adapter: DataAdapter, keyNormalizers: ReadonlyMap<string, KeyNormalizer> = new Map()) {
    this.#adapter = adapter;
    this.#keyNormalizers = keyNormalizers;
    this.usual = this.#scopeOf({}, {}, null);
  }

  /**
   * @param headers of a request, lower-case; only those that the adapter forwards become part of the scope.
   * @param keyType of the keys, where it is not the adapter's own `key`; `PLAIN_KEYS` for no identifier type.
   */
  of(args: LoadContext['args'], headers: Readonly<Record<string, string | undefined>>, keyType: string | null): SourceScope {
    const { forward } = this.#adapter;
    if (forward.length === 0) return keyType === null && isEmptyObject(args) ? this.usual : this.#scopeOf(args, {}, keyType);
    const forwarded: Record<string, string> = {};
    for (const name of forward) {
      const value = headers[name];
      if (value !== undefined && isHeaderValue(value)) forwarded[name] = value;
    }
    return this.#scopeOf(args, forwarded, keyType);
  }

  #scopeOf(args: LoadContext['args'], headers: LoadContext['headers'], keyType: string | null): SourceScope {
    return {
      args,
      headers,
      id: scopeId(args, headers, keyType),
      normalizeKey: this.#keyNormalizers.get(keyType ?? this.#adapter.key ?? PLAIN_KEYS),
      refusal: isWhole(args) ? null : new UnsentKey('expected whole Unicode characters in arguments, received half of one'),
    };
  }
}

/** Whether no text in a JSON value has half a character (a lone surrogate). */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  for (const name in value) if (!name.isWellFormed() || !isWhole((value as Record<string, unknown>)[name])) return false;
  return true;
}

/** Header values are credentials: only their hash is kept beyond the call. */
function scopeId(args: LoadContext['args'], headers: LoadContext['headers'], keyType: string | null): string {
  const asked = keyType === null ? JSON.stringify(args) : `${keyType}:${JSON.stringify(args)}`;
  const forwarded = Object.entries(headers);
  if (forwarded.length === 0) return asked;
  return `${asked} ${createHash('sha256').update(JSON.stringify(forwarded)).digest('base64url')}`;
}
