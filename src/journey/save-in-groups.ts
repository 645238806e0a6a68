import { yieldWhenLong } from '../batching/event-loop.ts';
import type { InteractionReceipt, InteractionToSave } from '../model/interaction.ts';
import type { InteractionServices } from './capture-interactions.ts';
import { publishCaptured } from './publish-captured.ts';

/** Interactions of a group. The dearest, those of new customers, take about 0.15 ms each: others' writes wait for one group. */
const GROUP = 50;

/**
 * Saves interactions in groups, which let others' writes go first, and publishes each group when it is on disk: in slices,
 * so that the event loop is left to others. The store is asked for all groups at once, so it can save many in one
 * transaction. That matters: a transaction for each group of 100 new customers made a batch twice as dear, since each
 * writes the same pages of the indexes again.
 * @returns a receipt for each, in their order.
 * @throws the error of the first group that can't be saved. The others are saved and published.
 */
export async function saveInGroups(
  { interactions, live }: Pick<InteractionServices, 'interactions' | 'live'>,
  toSave: readonly InteractionToSave[],
): Promise<InteractionReceipt[]> {
  const groups = groupsOf(toSave);
  const isPatient = groups.length > 1;
  const saving = groups.map((group) => outcomeOf(interactions.saveInteractions(group, { isPatient })));
  const receipts: InteractionReceipt[] = [];
  const failures: unknown[] = [];
  for (const [index, group] of groups.entries()) {
    const saved = await (saving[index] as (typeof saving)[number]);
    if ('error' in saved) {
      failures.push(saved.error);
      continue;
    }
    publishCaptured(live, group, saved.receipts);
    for (const receipt of saved.receipts) receipts.push(receipt);
    await yieldWhenLong();
  }
  if (failures.length > 0) throw failures[0];
  return receipts;
}

/** In their order. */
function groupsOf(toSave: readonly InteractionToSave[]): InteractionToSave[][] {
  const groups: InteractionToSave[][] = [];
  for (let from = 0; from < toSave.length; from += GROUP) groups.push(toSave.slice(from, from + GROUP));
  return groups;
}

/** A promise that is never rejected: a group may fail while an earlier one is waited for. */
function outcomeOf(saving: Promise<InteractionReceipt[]>): Promise<{ receipts: InteractionReceipt[] } | { error: unknown }> {
  return saving.then(
    (receipts) => ({ receipts }),
    (error: unknown) => ({ error }),
  );
}
