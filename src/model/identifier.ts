/** What an identifier names, strongest first: a human, a device that several may use, or one browser's cookie. */
export const IDENTIFIER_CLASSES = ['person', 'device', 'cookie'] as const;

export type IdentifierClass = (typeof IDENTIFIER_CLASSES)[number];

/** A value that names a customer within one type, for example `crmId 17850`. Values are normalised before they get here. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/**
 * A value as it came, as text: only texts and whole numbers that were not rounded name somebody. Made texts of anything else
 * (`[object Object]`, `true`, `1,2`, `1e+21`) would be the same for strangers.
 * @returns null for what is neither.
 */
export function identifierText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** An identifier as the identity graph keeps it. */
export interface LinkedIdentifier extends Identifier {
  readonly linkedAt: Date;
  /** When evidence for it was last seen. */
  readonly lastSeenAt: Date;
  /** What it was read from when it was linked, for example `cookie:cid` or `identify:AGENT`. */
  readonly source: string;
}

/** Bytes of UTF-8 that an identifier value, or any other key of a data source, has at most unless `limits.keyBytes` says otherwise. */
export const DEFAULT_KEY_BYTES = 256;

/** True where a text has more bytes than so many in UTF-8. */
export function isLongerThan(text: string, bytes: number): boolean {
  // A UTF-16 code unit is at most 3 bytes, so that the bytes of most texts needn't be counted.
  return text.length > bytes || (3 * text.length > bytes && Buffer.byteLength(text) > bytes);
}

/** One string per identifier. Types hold no colon (the configuration forbids it), so the key is unambiguous. */
export function identifierKey({ type, value }: Identifier): string {
  return `${type}:${value}`;
}

/** Type and value alone. */
export function plain({ type, value }: Identifier): Identifier {
  return { type, value };
}

/** The identifier that has this key. */
export function identifierOf(key: string): Identifier {
  const colon = key.indexOf(':');
  return { type: key.slice(0, colon), value: key.slice(colon + 1) };
}
