import type { InteractionReceipt, InteractionToSave } from '../model/interaction.ts';
import type { InteractionServices } from './capture-interactions.ts';
import { publishCaptured } from './publish-captured.ts';

/** Interactions of the first group. Some cost twenty times as much as others: those of new customers, and of disputed identifiers. */
const FIRST_GROUP = 100;
const LARGEST_GROUP = 1_000;
const SMALLEST_GROUP = 20;
/** Milliseconds that a group should take. Other writes wait for one group at most, so for less than 50 ms. */
const WANTED = { atLeast: 10, atMost: 25 };

/**
 * Saves interactions in groups, each in a transaction of its own, and publishes each group when it is on disk. So writes of
 * others wait for one group and not for 5,000 interactions, and publishing leaves the event loop to others. The size of
 * the next group follows from the time that the last one took.
 * @returns a receipt for each, in their order.
 */
export async function saveInGroups(
  { interactions, live }: Pick<InteractionServices, 'interactions' | 'live'>,
  toSave: readonly InteractionToSave[],
): Promise<InteractionReceipt[]> {
  const receipts: InteractionReceipt[] = [];
  let size = FIRST_GROUP;
  while (receipts.length < toSave.length) {
    const group = toSave.slice(receipts.length, receipts.length + size);
    const started = performance.now();
    const saved = await interactions.saveInteractions(group);
    const took = performance.now() - started;
    publishCaptured(live, group, saved);
    for (const receipt of saved) receipts.push(receipt);
    if (took < WANTED.atLeast) size = Math.min(size * 2, LARGEST_GROUP);
    else if (took > WANTED.atMost) size = Math.max(Math.floor(size / 2), SMALLEST_GROUP);
  }
  return receipts;
}
