import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Secrets } from '../../capture/secrets.ts';
import { type CustomerId, parseCustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import { type Decision, TOKEN_LIFETIME } from '../../model/offer.ts';
import { DECISION_HOUR, hourOf } from '../decision/keyed-choices.ts';

/**
 * Characters, more than any token has: names of offers and placements have at most 100, and an identifier at most 1,024 bytes
 * (limits.keyBytes), for each of which JSON may write six characters.
 */
const MAX_LENGTH = 10_000;
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a token contains: an offer of a decision. */
export interface OfferedTo {
  readonly decisionId: string;
  /** The customer's id at that time; by now it may be an alias. */
  readonly customerId: CustomerId;
  readonly placement: string;
  readonly offer: string;
  readonly isControl: boolean;
  /** Milliseconds: the beginning of the hour in which it was decided. Within an hour, the same decision has the same token. */
  readonly decidedIn: number;
  /**
   * In a token that an AGENT or a SERVICE was given: the strongest one of a customer of whom nothing was stored, because no other
   * process knows whose the id is. Null in any other token.
   */
  readonly identifier: Identifier | null;
}

type TokenContent = [string, string, string, string, number, number, string?, string?];

interface TokenKeys {
  readonly encryption: KeyObject;
  readonly nonce: KeyObject;
}

/**
 * Tokens by which a response names an offer of a decision. The same decision and offer give the same token. It is encrypted and
 * authenticated, so it shows no customer's id and can't be forged. The nonce is a keyed hash of the content, so equal nonces mean
 * equal contents (the synthetic IV of RFC 5297, with AES-GCM, whose nonce has 96 bits).
 */
export class OfferTokens {
  readonly #keys: readonly TokenKeys[];
  readonly #now: () => Date;

  constructor(secrets: Secrets, now: () => Date) {
    this.#keys = secrets.keys('offer-token').map((key) => ({ encryption: derived(key, 'encryption'), nonce: derived(key, 'nonce') }));
    this.#now = now;
  }

  /** @param offer the name of one of the decision's offers. @param identifier `OfferedTo.identifier`. */
  create(
    { id, customerId, placement, isControl, decidedAt }: Decision,
    offer: string,
    identifier: Identifier | null,
  ): { token: string; expiresAt: Date } {
    const decidedIn = hourOf(decidedAt.getTime());
    const named = identifier === null ? [] : [identifier.type, identifier.value];
    const content = JSON.stringify([id, customerId, placement, offer, isControl ? 1 : 0, decidedIn / DECISION_HOUR, ...named]);
    return { token: seal(content, this.#keys[0] as TokenKeys), expiresAt: new Date(decidedIn + TOKEN_LIFETIME) };
  }

  /** @returns null for a token that is forged, malformed or expired. */
  read(token: string): OfferedTo | null {
    if (token.length > MAX_LENGTH) return null;
    for (const keys of this.#keys) {
      const content = open(token, keys);
      if (content === null) continue;
      const [decisionId, id, placement, offer, control, hour, type, value] = JSON.parse(content) as TokenContent;
      const customerId = parseCustomerId(id);
      const decidedIn = hour * DECISION_HOUR;
      if (customerId === null || this.#now().getTime() >= decidedIn + TOKEN_LIFETIME) return null;
      const identifier = type === undefined || value === undefined ? null : { type, value };
      return { decisionId, customerId, placement, offer, isControl: control === 1, decidedIn, identifier };
    }
    return null;
  }
}

/** A `KeyObject`: from bytes, Node.js would make a new one for each token, which takes most of the time. */
function derived(key: Buffer, use: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(use).digest());
}

function seal(content: string, { encryption, nonce: nonceKey }: TokenKeys): string {
  const nonce = createHmac('sha256', nonceKey).update(content).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, encryption, nonce);
  const encrypted = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString('base64url');
}

function open(token: string, { encryption }: TokenKeys): string | null {
  const bytes = Buffer.from(token, 'base64url');
  // `Buffer.from` skips characters that are not base64url, so without this check many texts would be the same token.
  if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== token) return null;
  const decipher = createDecipheriv(ALGORITHM, encryption, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
