import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { SettingStore } from '../../model/ports.ts';

/** The keys by which chance is drawn for customers. */
export interface ChoiceKeys {
  /** Of seeds and of the ids of decisions. */
  readonly seed: KeyObject;
  readonly control: KeyObject;
}

/**
 * The keys are random, and kept in the store: with new secrets of the gateway, a customer stays in the control group or outside of
 * it, and a page that is loaded again shows the same decision. All processes of one store have the same keys, also while some of
 * them have new secrets already. They protect nothing but chance: who reads the store knows the decisions anyway.
 * @param settings null where the project has no offers: then nothing is kept, and nothing is drawn with the keys.
 */
export async function choiceKeys(settings: SettingStore | null): Promise<ChoiceKeys> {
  const [seed, control] = await Promise.all([keptKey(settings, 'offer_seed_key'), keptKey(settings, 'control_group_key')]);
  return { seed, control };
}

async function keptKey(settings: SettingStore | null, name: string): Promise<KeyObject> {
  const key = randomBytes(32).toString('base64url');
  return createSecretKey((await settings?.keepSetting(name, key)) ?? key, 'base64url');
}
