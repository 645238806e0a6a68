import { createHash, createHmac } from 'node:crypto';
import type { SettingStore } from '../model/ports.ts';
import type { Secrets } from './secrets.ts';

/** Makes the stored form of an identifier value with `hash: true`. */
export type IdentifierHash = (type: string, value: string) => string;

const PREFIX = 'hmac-sha256:';
const HASH = /^hmac-sha256:[\w-]{43}$/;

/** True for a text in the stored form. Only trusted viewers may name an identifier by it, because a hash is not secret. */
export function isIdentifierHash(text: string): boolean {
  return HASH.test(text);
}

/**
 * A keyed hash (HMAC-SHA-256), so that a person who has only the store cannot try values. The key is derived from the secret
 * that was the first one when the store was used first. It never changes, because with another key no customer would be
 * recognised.
 * @throws TypeError when that secret is not among the gateway's secrets any more.
 */
export async function identifierHash(secrets: Secrets, settings: SettingStore): Promise<IdentifierHash> {
  const keys = secrets.keys('identifier-hash');
  const fingerprints = keys.map((key) => createHash('sha256').update(key).digest('base64url'));
  const kept = await settings.keepSetting('identifier_hash_key', fingerprints[0] as string);
  const key = keys[fingerprints.indexOf(kept)];
  if (key === undefined) {
    throw new TypeError(
      'expected, among the secrets, the one that identifiers with hash: true were hashed with, which is not there; add it again, as the last one',
    );
  }
  return (type, value) => `${PREFIX}${createHmac('sha256', key).update(`${type}:${value}`).digest('base64url')}`;
}
