import { randomUUID } from 'node:crypto';
import type { Identifier } from '../model/identifier.ts';
import type { SingleUseStore } from '../model/ports.ts';
import { openIdentifiers, sealIdentifiers } from './identifier-token.ts';
import type { Secrets } from './secrets.ts';

const MAX_AGE_SECONDS = 5 * 60;

/** Tokens that carry a customer's identifiers to another touchpoint in a link. Each is valid once, for five minutes. */
export class HandoffTokens {
  readonly #keys: [Buffer, ...Buffer[]];
  readonly #used: SingleUseStore;
  readonly #now: () => Date;

  constructor(secrets: Secrets, used: SingleUseStore, now: () => Date) {
    this.#keys = secrets.keys('handoff');
    this.#used = used;
    this.#now = now;
  }

  /** @param audience the touchpoint for which it is valid. */
  create(identifiers: readonly Identifier[], audience: string): Promise<{ token: string; expiresAt: Date }> {
    return sealIdentifiers({ identifiers, audience, lifetime: MAX_AGE_SECONDS, id: randomUUID() }, this.#keys[0], this.#now());
  }

  /**
   * Uses up a token.
   * @returns its identifiers; null when it is forged, expired, used before, or for another touchpoint.
   */
  async redeem(token: string, touchpoint: string | null): Promise<Identifier[] | null> {
    if (touchpoint === null) return null;
    const opened = await openIdentifiers(token, { audience: touchpoint, lifetime: MAX_AGE_SECONDS }, this.#keys, this.#now());
    if (opened?.jti === undefined) return null;
    const firstUse = await this.#used.claim(`handoff:${opened.jti}`, new Date((opened.exp as number) * 1000));
    return firstUse ? opened.identifiers : null;
  }
}
