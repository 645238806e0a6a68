import { createHash } from 'node:crypto';
import type { Secrets } from '../capture/secrets.ts';
import type { SettingStore } from '../model/ports.ts';

/** Changes of GATEWAY_SECRET that are followed at most. */
const MOST_CHANGES = 1_000;

/**
 * Whether this gateway has a secret in common with the gateways that used the store before it. The store keeps a chain of
 * fingerprints: that of the first secret that signed, and with each one that of the secret that came to sign after it. So a list of
 * an old and a new secret adds the new one, and later the new one alone is known.
 * @returns false where none of this gateway's secrets is in the chain: then it takes the cookies and tokens of the others for forged.
 */
export async function sharesSecret(secrets: Secrets, settings: SettingStore): Promise<boolean> {
  // Of a derived key of 32 bytes, so that nobody finds the secret by them.
  const own = secrets.keys('fingerprint').map((key) => createHash('sha256').update(key).digest('base64url'));
  const [signing = ''] = own;
  const nameAfter = (fingerprint: string) => `secret_after_${fingerprint}`;
  const chain = [await settings.keepSetting('first_secret', signing)];
  for (let next: string | null = chain[0] as string; next !== null && chain.length < MOST_CHANGES; ) {
    next = await settings.findSetting(nameAfter(next));
    if (next !== null) chain.push(next);
  }
  if (!own.some((fingerprint) => chain.includes(fingerprint))) return false;
  if (!chain.includes(signing)) await settings.keepSetting(nameAfter(chain.at(-1) as string), signing);
  return true;
}
