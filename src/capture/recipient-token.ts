import type { Origin } from '../model/evidence.ts';
import type { Identifier } from '../model/identifier.ts';
import { openIdentifiers, sealIdentifiers } from './identifier-token.ts';
import type { Secrets } from './secrets.ts';

/** Seconds. Mail is opened long after it was sent, and again. */
const LIFETIME = 90 * 24 * 60 * 60;
const AUDIENCE = 'mail';
/** Where identifiers are read that came by one. */
export const RECIPIENT_ORIGIN: Origin = { kind: 'recipientToken', name: null };

export interface RecipientToken {
  readonly identifiers: readonly Identifier[];
  /** Of the only interaction that it is good for. */
  readonly type: string;
  readonly issuedAt: Date;
}

/**
 * Says, in the address of a picture, whose mail it stands in. Whoever has the mail has the token: it proves that this
 * mail was opened, and nothing about the browser that opened it, since mail is passed on.
 */
export class RecipientTokens {
  readonly #keys: [Buffer, ...Buffer[]];
  readonly #now: () => Date;

  constructor(secrets: Secrets, now: () => Date) {
    this.#keys = secrets.keys('recipient');
    this.#now = now;
  }

  /** @param type of the only interaction that it is good for. */
  create(identifier: Identifier, type: string): Promise<{ token: string; expiresAt: Date }> {
    return sealIdentifiers({ identifiers: [identifier], audience: AUDIENCE, lifetime: LIFETIME, id: type }, this.#keys[0], this.#now());
  }

  /** When a token that is made now is worth nothing any more. */
  get expiresAt(): Date {
    return new Date((Math.floor(this.#now().getTime() / 1000) + LIFETIME) * 1000);
  }

  /** @returns whose mail it stands in and what for, or null when it is forged or expired. */
  async read(token: string): Promise<RecipientToken | null> {
    const opened = await openIdentifiers(token, { audience: AUDIENCE, lifetime: LIFETIME }, this.#keys, this.#now());
    if (opened?.jti === undefined || opened.iat === undefined) return null;
    return { identifiers: opened.identifiers, type: opened.jti, issuedAt: new Date(opened.iat * 1000) };
  }
}
