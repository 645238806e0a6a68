import { createHmac, randomBytes } from 'node:crypto';
import { type CustomerId, customerIdOf } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { SettingStore } from '../model/ports.ts';

/** The id with which the customer of a claimed identifier is shown. */
export type ClaimedIds = (identifier: Identifier) => CustomerId;

/**
 * Ids of claimed identifiers: a keyed hash of each, which is never the id of a stored customer. With the owner's id, anybody
 * could compare ids and find out which e-mail address belongs to which customer number. (DESIGN, Capture 9.) The key is random
 * and kept in the store, so that new secrets of the gateway change no id.
 */
export async function claimedIds(settings: SettingStore): Promise<ClaimedIds> {
  const key = await settings.keepSetting('claimed_id_key', randomBytes(32).toString('base64url'));
  return (identifier) =>
    customerIdOf(
      createHmac('sha256', key)
        .update(`claimed:${identifierKey(identifier)}`)
        .digest(),
    );
}
