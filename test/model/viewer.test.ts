import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ANONYMOUS_VIEWER, VIEWER_ROLES, type Viewer, viewerKey } from '../../src/model/viewer.ts';

const text = fc.string({ maxLength: 3 });
const person = fc.record({ roles: fc.subarray([...VIEWER_ROLES], { minLength: 1 }), claims: fc.record({ iss: text, sub: text }) });
const program = fc.record({ roles: fc.subarray([...VIEWER_ROLES], { minLength: 1 }), claims: fc.record({ iss: text, client_id: text }) });
const keyOf = (viewer: Omit<Viewer, 'authenticated'>) => viewerKey({ ...viewer, authenticated: true });

it.each([
  ['persons', person],
  ['programs, whose tokens have no subject,', program],
])('%s have the same key when roles, issuer and name are the same, and only then', (_, viewers) => {
  fc.assert(
    fc.property(viewers, viewers, (one, other) => {
      const isSame = JSON.stringify([one.roles, one.claims]) === JSON.stringify([other.roles, other.claims]);
      expect(keyOf(one) === keyOf(other)).toBe(isSame);
      expect(keyOf({ ...one, claims: { ...one.claims, exp: 1 } })).toBe(keyOf(one));
    }),
  );
});

it('a viewer without a token has no key', () => {
  expect(viewerKey(ANONYMOUS_VIEWER)).toBeNull();
});
