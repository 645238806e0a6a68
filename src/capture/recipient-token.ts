import type { Origin } from '../model/evidence.ts';
import type { Identifier } from '../model/identifier.ts';
import { openIdentifiers, sealIdentifiers } from './identifier-token.ts';
import type { Secrets } from './secrets.ts';

/** Seconds. Mail may be opened long after it was sent. */
const LIFETIME = 90 * 24 * 60 * 60;
const AUDIENCE = 'mail';
/** The origin of identifiers from a recipient token. */
export const RECIPIENT_ORIGIN: Origin = { kind: 'recipientToken', name: null };

export interface RecipientToken {
  readonly identifiers: readonly Identifier[];
  /** The only type of interaction for which it is valid. */
  readonly type: string;
  readonly issuedAt: Date;
}

/**
 * Tokens in the address of a picture in a mail. A token identifies the recipient of the mail. It proves that the mail was
 * opened, and nothing about the browser that opened it, because mail is passed on.
 */
export class RecipientTokens {
  readonly #keys: [Buffer, ...Buffer[]];
  readonly #now: () => Date;

  constructor(secrets: Secrets, now: () => Date) {
    this.#keys = secrets.keys('recipient');
    this.#now = now;
  }

  /** @param type the only type of interaction for which it is valid. */
  create(identifier: Identifier, type: string): Promise<{ token: string; expiresAt: Date }> {
    return sealIdentifiers({ identifiers: [identifier], audience: AUDIENCE, lifetime: LIFETIME, id: type }, this.#keys[0], this.#now());
  }

  /** When a token that is made now expires. */
  get expiresAt(): Date {
    return new Date((Math.floor(this.#now().getTime() / 1000) + LIFETIME) * 1000);
  }

  /** @returns the recipient and the type of interaction; null when the token is forged or expired. */
  async read(token: string): Promise<RecipientToken | null> {
    const opened = await openIdentifiers(token, { audience: AUDIENCE, lifetime: LIFETIME }, this.#keys, this.#now());
    if (opened?.jti === undefined || opened.iat === undefined) return null;
    return { identifiers: opened.identifiers, type: opened.jti, issuedAt: new Date(opened.iat * 1000) };
  }
}
