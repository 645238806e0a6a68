import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { SettingStore } from '../../model/ports.ts';

/** Keys of the hashes that random choices for customers are made from. */
export interface ChoiceKeys {
  /** For seeds and for the ids of decisions. */
  readonly seed: KeyObject;
  /** For membership in the control group. */
  readonly control: KeyObject;
}

/**
 * The keys are random and kept in the store, so that a new secret of the gateway changes neither the control group nor the decisions
 * of the hour, also while only some processes have the new secret. They need no better protection: the store has the decisions, too.
 * @param settings null for a project without offers: it stores nothing, and the keys are not used.
 */
export async function choiceKeys(settings: SettingStore | null): Promise<ChoiceKeys> {
  const [seed, control] = await Promise.all([keptKey(settings, 'offer_seed_key'), keptKey(settings, 'control_group_key')]);
  return { seed, control };
}

async function keptKey(settings: SettingStore | null, name: string): Promise<KeyObject> {
  const key = randomBytes(32).toString('base64url');
  return createSecretKey((await settings?.keepSetting(name, key)) ?? key, 'base64url');
}
