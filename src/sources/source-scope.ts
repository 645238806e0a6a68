import { createHash } from 'node:crypto';
import { UnsentKey } from '../adapters/adapter-failure.ts';
import type { DataAdapter, KeyNormalizer, LoadContext } from '../adapters/data-adapter.ts';
import { isHeaderValue } from '../model/header-value.ts';

/** Everything that a source is asked with beside the key: answers are shared within one scope and never between two. */
export interface SourceScope extends Pick<LoadContext, 'args' | 'headers' | 'normalizeKey'> {
  readonly id: string;
  /** Why nothing can be asked for with these arguments; null when it can. */
  readonly refusal: UnsentKey | null;
}

/** The key type of keys that are no identifiers, and equal when they are the same text. */
export const PLAIN_KEYS = '';

interface ScopeOptions extends Pick<LoadContext, 'args'> {
  /** A request's, lower-case; only those that the adapter forwards become part of the scope. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the keys, where it is not the adapter's own `key`; `PLAIN_KEYS` for no identifier type. */
  readonly keyType: string | null;
  /** By identifier type. */
  readonly keyNormalizers: ReadonlyMap<string, KeyNormalizer> | undefined;
}

export function scopeOf({ forward, key }: DataAdapter, { args, headers, keyType, keyNormalizers }: ScopeOptions): SourceScope {
  const forwarded: Record<string, string> = {};
  for (const name of forward) {
    const value = headers[name];
    if (value !== undefined && isHeaderValue(value)) forwarded[name] = value;
  }
  return {
    args,
    headers: forwarded,
    id: scopeId(args, forwarded, keyType),
    normalizeKey: keyNormalizers?.get(keyType ?? key ?? PLAIN_KEYS),
    refusal: isWhole(args) ? null : new UnsentKey('expected whole Unicode characters in arguments, received half of one'),
  };
}

/** Whether no text in a JSON value has half a character (a lone surrogate). */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  for (const name in value) if (!name.isWellFormed() || !isWhole((value as Record<string, unknown>)[name])) return false;
  return true;
}

/** Characters of arguments that are kept as they are. A client may send longer ones, and a cache keeps scopes for long. */
const MAX_SHOWN = 200;

/** Header values are credentials: only their hash is kept beyond the call. */
function scopeId(args: LoadContext['args'], headers: LoadContext['headers'], keyType: string | null): string {
  const given = JSON.stringify(args);
  // Begins as no JSON does, so no arguments are like the hash of others.
  const short = given.length <= MAX_SHOWN ? given : `#${hashOf(given)}`;
  const asked = keyType === null ? short : `${keyType}:${short}`;
  const forwarded = Object.entries(headers);
  return forwarded.length === 0 ? asked : `${asked} ${hashOf(JSON.stringify(forwarded))}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
