import { createHash, createHmac } from 'node:crypto';
import type { SettingStore } from '../model/ports.ts';
import type { Secrets } from './secrets.ts';

/** What is kept of an identifier value with `hash: true`. */
export type IdentifierHash = (type: string, value: string) => string;

const PREFIX = 'hmac-sha256:';
const HASH = /^hmac-sha256:[\w-]{43}$/;

/** Whether a text has the form of what is kept. Only trusted viewers may name an identifier by that: it is no secret of its customer. */
export function isIdentifierHash(text: string): boolean {
  return HASH.test(text);
}

/**
 * A keyed hash (HMAC-SHA-256), so that who has the store alone can't try out values. The key comes from the secret
 * that was the first when something was hashed for the first time, and stays: with another, nobody would be recognised.
 * @throws TypeError when that secret is no longer among the gateway's.
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
