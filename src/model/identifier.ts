/** Identifier classes, strongest first: a person, a device that several persons may use, or the cookie of one browser. */
export const IDENTIFIER_CLASSES = ['person', 'device', 'cookie'] as const;

export type IdentifierClass = (typeof IDENTIFIER_CLASSES)[number];

/** A normalised value of one identifier type, for example `crmId 17850`. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/**
 * A received value as text. Only texts and exact integers can identify a customer. The text of any other value
 * (`[object Object]`, `true`, `1,2`, `1e+21`) would be the same for several customers.
 * @returns null for any other value.
 */
export function identifierText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** An identifier as the identity graph keeps it. */
export interface LinkedIdentifier extends Identifier {
  readonly linkedAt: Date;
  /** The time of the last evidence for it. */
  readonly lastSeenAt: Date;
  /** The source of the event that linked it, for example `cookie:cid` or `identify:AGENT`. */
  readonly source: string;
}

/** Bytes of UTF-8 that an identifier value, or any other key of a data source, has at most unless `limits.keyBytes` says otherwise. */
export const DEFAULT_KEY_BYTES = 256;

/** True when a text has more than this number of bytes in UTF-8. */
export function isLongerThan(text: string, bytes: number): boolean {
  // A UTF-16 code unit is at most 3 bytes, so the bytes of most texts need not be counted.
  return text.length > bytes || (3 * text.length > bytes && Buffer.byteLength(text) > bytes);
}

/** The identifier key. It is unambiguous, because the configuration forbids a colon in the name of a type. */
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
