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

/**
 * The first generation's id that `isTaken` does not know: an id that was given away resolves for ever to whom it was
 * given. Generations are taken one after the other, so the first free one is found in logarithmic time, however often
 * the identifier was given away.
 */
export function freeProvisionalId(key: string, idKey: string, isTaken: (id: CustomerId) => boolean): CustomerId {
  const idOf = (generation: number) => provisionalId(key, idKey, generation);
  let free = 0;
  while (isTaken(idOf(free))) free = 2 * free + 1;
  // All before half of it are taken.
  for (let taken = (free - 1) / 2; free - taken > 1; ) {
    const middle = Math.floor((taken + free) / 2);
    if (isTaken(idOf(middle))) taken = middle;
    else free = middle;
  }
  return idOf(free);
}
