import { createHmac } from 'node:crypto';
import { type CustomerId, customerIdOf } from '../model/customer.ts';

/**
 * The id that the customer of a not yet stored identifier is shown with. A keyed hash: it can't be turned
 * back into the identifier, nor guessed for another, and it spreads evenly like a random UUID, which is the
 * form it has.
 *
 * @param key the store's own, so that rotating the gateway's secrets changes no id.
 * @param generation counts up where an earlier id was given away already.
 */
function provisionalId(key: string, idKey: string, generation: number): CustomerId {
  return customerIdOf(createHmac('sha256', key).update(`${generation}:${idKey}`).digest());
}

/** The first generation's id that `isTaken` does not know: an id that was given away resolves for ever to whom it was given. */
export function freeProvisionalId(key: string, idKey: string, isTaken: (id: CustomerId) => boolean): CustomerId {
  for (let generation = 0; ; generation++) {
    const id = provisionalId(key, idKey, generation);
    if (!isTaken(id)) return id;
  }
}
