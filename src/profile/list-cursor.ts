import { hash } from 'node:crypto';
import { GatewayError } from '../model/errors.ts';

/** How far from its former position an item is searched. Each comparison costs a hash, and a client may ask for an item that is gone. */
const MAX_SHIFT = 500;
/** Characters of a fingerprint: 96 bits, so that no two items of a list have the same by chance. */
const FINGERPRINT = 16;

/** The position that an item had, and the fingerprint by which it is recognized. */
interface ListCursor {
  readonly position: number;
  /** Undefined in a cursor of an item that has none. */
  readonly fingerprint: string | undefined;
}

/**
 * Cursors of a list that a back end answers as a whole, and that may have changed before the next page is asked for. A
 * cursor is the item's position and a fingerprint: of its own key where the owner named one, otherwise of the whole
 * record. The fingerprint is keyed, so that a reader of a cursor can't guess a hidden key or field by trying values. Its
 * length does not depend on the key.
 */
export class ListCursors {
  readonly #list: readonly unknown[];
  readonly #key: string | null;
  readonly #secret: string;
  /** Looked for with the first cursor that is made or read: most lists have none. */
  #fingerprints: Fingerprints | undefined;

  /**
   * @param key the items' field that is unique in the list; null for none.
   * @param secret of the fingerprints. With another secret only the position counts.
   */
  constructor(list: readonly unknown[], key: string | null, secret: Buffer) {
    this.#list = list;
    this.#key = key;
    // It stands in front of what is hashed. A fingerprint is a part of the hash, so nobody can go on from it to that of a
    // longer text, against which an HMAC would protect; that takes several times as long.
    this.#secret = secret.toString('base64');
  }

  of(position: number): string {
    const fingerprint = this.#fingerprintAt(position);
    return Buffer.from(`position:${position}${fingerprint === undefined ? '' : `:${fingerprint}`}`).toString('base64url');
  }

  /**
   * @param name of the argument, for the message.
   * @returns the first position after the item. When an item with a key is gone, its position is that of the next
   * item. A record without a key that is not found has most likely changed, and is still at its position.
   * @throws GatewayError BAD_USER_INPUT for a text that is no cursor.
   */
  after(name: string, cursor: string): number {
    const at = parse(name, cursor);
    const found = this.#find(at);
    if (found !== null) return found + 1;
    return this.#key === null || at.fingerprint === undefined ? at.position + 1 : at.position;
  }

  /** @returns the position of the item, where a page before it ends. @throws as above. */
  before(name: string, cursor: string): number {
    const at = parse(name, cursor);
    return this.#find(at) ?? at.position;
  }

  /** The nearest item with the fingerprint. So a list with equal items can still be read to its end, while it does not change. */
  #find({ position, fingerprint }: ListCursor): number | null {
    if (fingerprint === undefined) return position;
    const { length } = this.#list;
    // A cursor is a client's: its position may be any number.
    const from = Math.min(position, length);
    const limit = Math.min(Math.max(from, length - from), MAX_SHIFT);
    for (let shift = 0; shift <= limit; shift++) {
      // Lists grow at their beginning more often than they shrink: the newest come first.
      if (this.#fingerprintAt(from + shift) === fingerprint) return from + shift;
      if (this.#fingerprintAt(from - shift) === fingerprint) return from - shift;
    }
    return null;
  }

  #fingerprintAt(position: number): string | undefined {
    this.#fingerprints ??= fingerprintsOf(this.#list, `${this.#secret} ${this.#key === null ? '' : `by ${this.#key}`}`);
    const known = this.#fingerprints;
    if (known.has(position)) return known.get(position);
    const fingerprint = this.#makeFingerprint(position);
    known.set(position, fingerprint);
    return fingerprint;
  }

  #makeFingerprint(position: number): string | undefined {
    const item = this.#list[position];
    const text = this.#key === null ? textOf(item) : keyOf(item, this.#key);
    return text === undefined ? undefined : hash('sha256', this.#secret + text, 'base64url').slice(0, FINGERPRINT);
  }
}

/**
 * Fingerprints of a list that were made, by the cursors' secret and key, and by position. Kept with the list, because one operation may
 * ask for many pages of it: each may search its item among a thousand.
 */
const made = new WeakMap<readonly unknown[], Map<string, Fingerprints>>();

type Fingerprints = Map<number, string | undefined>;

/** @param kind the cursors' secret and key. */
function fingerprintsOf(list: readonly unknown[], kind: string): Fingerprints {
  let ofList = made.get(list);
  if (ofList === undefined) {
    ofList = new Map();
    made.set(list, ofList);
  }
  let fingerprints = ofList.get(kind);
  if (fingerprints === undefined) {
    fingerprints = new Map();
    ofList.set(kind, fingerprints);
  }
  return fingerprints;
}

/** A key as text. A number and a text with the same digits differ. */
function keyOf(item: unknown, key: string): string | undefined {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, key)) return undefined;
  const value = (item as Readonly<Record<string, unknown>>)[key];
  if (value instanceof Date) return `date ${value.getTime()}`;
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? `${typeof value} ${value}` : undefined;
}

function textOf(item: unknown): string | undefined {
  if (item === undefined) return undefined;
  try {
    return JSON.stringify(item, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  } catch {
    // A record that holds itself, say: it has no fingerprint.
    return undefined;
  }
}

function parse(name: string, cursor: string): ListCursor {
  const [, position, fingerprint] = /^position:(\d{1,15})(?::([\w-]{16}))?$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (position === undefined) throw new GatewayError('BAD_USER_INPUT', `${name}: expected a cursor of this connection`);
  return { position: Number(position), fingerprint };
}
