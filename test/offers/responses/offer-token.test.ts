import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/capture/secrets.ts';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { Decision } from '../../../src/model/offer.ts';
import { OfferTokens } from '../../../src/offers/responses/offer-token.ts';

const SECRET = 'a-secret-for-tests-only-0123456789';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const tokensAt = (time: number, secrets = [SECRET]) => new OfferTokens(new Secrets(secrets), () => new Date(time));

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/);
const decisions: fc.Arbitrary<Decision> = fc
  .record({
    id: fc.stringMatching(/^[A-Za-z0-9_-]{22}$/),
    customerId: fc.uuid().map((id) => id as CustomerId),
    placement: name,
    decidedAt: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
    isControl: fc.boolean(),
    isFallback: fc.boolean(),
    touchpoint: fc.option(name),
  })
  .map((parts) => ({ ...parts, stickyUntil: null, viewerRole: 'CUSTOMER', inputs: '', offers: [] }));

const identifiers = fc.option(fc.record({ type: name, value: fc.string({ maxLength: 1_024, unit: 'binary-ascii' }) }));

describe('the token of an offer', () => {
  it('is read as what it was made of, has no character that an address would escape, and is bounded', () => {
    fc.assert(
      fc.property(decisions, name, identifiers, (decision, offer, identifier) => {
        const { token, expiresAt } = tokensAt(0).create(decision, offer, identifier);
        const { id: decisionId, customerId, placement, isControl, decidedAt } = decision;
        const decidedIn = Math.floor(decidedAt.getTime() / HOUR) * HOUR;
        expect(tokensAt(decidedAt.getTime()).read(token)).toEqual({
          decisionId,
          customerId,
          placement,
          offer,
          isControl,
          decidedIn,
          identifier,
        });
        expect(expiresAt.getTime()).toBe(decidedIn + 30 * DAY);
        expect(token).toMatch(/^[\w-]{1,10000}$/);
      }),
    );
  });

  it('is accepted until it expires, and not from then on', () => {
    fc.assert(
      fc.property(decisions, name, (decision, offer) => {
        const { token, expiresAt } = tokensAt(0).create(decision, offer, null);
        expect(tokensAt(expiresAt.getTime() - 1).read(token)).not.toBeNull();
        expect(tokensAt(expiresAt.getTime()).read(token)).toBeNull();
      }),
    );
  });

  it('is the same for the same decision and offer within an hour, and another one for anything else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(decisions, name), { maxLength: 20, selector: (each) => JSON.stringify(each) }), (all) => {
        const made = all.map(([decision, offer]) => {
          const later = new Date(Math.floor(decision.decidedAt.getTime() / HOUR) * HOUR + HOUR - 1);
          const { token } = tokensAt(0).create(decision, offer, null);
          expect(tokensAt(0).create({ ...decision, decidedAt: later }, offer, null).token).toBe(token);
          return { token, about: tokensAt(decision.decidedAt.getTime()).read(token) };
        });
        expect(new Set(made.map(({ token }) => token)).size).toBe(new Set(made.map(({ about }) => JSON.stringify(about))).size);
      }),
    );
  });

  it('shows neither the customer nor the decision', () => {
    fc.assert(
      fc.property(decisions, (decision) => {
        const bytes = Buffer.from(tokensAt(0).create(decision, 'an-offer', null).token, 'base64url').toString('latin1');
        for (const hidden of [decision.id, decision.customerId, 'an-offer']) expect(bytes).not.toContain(hidden);
      }),
    );
  });

  it('is refused with any bit changed, like any other text', () => {
    fc.assert(
      fc.property(decisions, name, fc.nat(), (decision, offer, at) => {
        const bytes = Buffer.from(tokensAt(0).create(decision, offer, null).token, 'base64url');
        const bit = at % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(tokensAt(decision.decidedAt.getTime()).read(bytes.toString('base64url'))).toBeNull();
      }),
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => void expect(tokensAt(0).read(text)).toBeNull()));
  });

  it('is read with any of the secrets, and with no other', () => {
    fc.assert(
      fc.property(decisions, name, (decision, offer) => {
        const time = decision.decidedAt.getTime();
        const { token } = tokensAt(0).create(decision, offer, null);
        expect(tokensAt(time, ['another-secret-for-tests-only', SECRET]).read(token)).not.toBeNull();
        expect(tokensAt(time, ['another-secret-for-tests-only']).read(token)).toBeNull();
      }),
    );
  });
});
