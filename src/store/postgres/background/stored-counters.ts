import type { TraitCounter } from '../../../journey/trait-counter.ts';
import type { StoredCounter } from '../../plan/count-traits.ts';
import { type Connection, prepared, type Row } from '../statement.ts';

/**
 * This also locks the table (ROW SHARE), where it has no rows, too. Who stores interactions reads their counters first: until that
 * transaction ends, no counter is declared and no recount goes on (`lockCounters`), so that each interaction is counted either as it
 * is stored or by the recount. Writers don't wait for each other.
 */
const RECOUNTS = prepared('select counter_id, customer_id, occurred_at, id from trait_recount for share');
const COUNTERS = prepared('select id, definition from trait_counter order by id');

/** Waits for all who store interactions, and keeps the next ones waiting until the transaction ends. */
export const LOCK_COUNTERS = prepared('lock table trait_recount in exclusive mode');

/**
 * Every counter behind computed traits (`InteractionFacts.counters`), as it is until the caller's transaction ends.
 */
export async function readCounters(connection: Connection): Promise<StoredCounter[]> {
  // In this order: behind the lock, both are of one moment.
  const [recounts, counters] = await Promise.all(
    [RECOUNTS, COUNTERS].map((statement) => connection.run({ prepared: statement, values: [] })),
  );
  const progress = new Map(recounts?.rows.map((row) => [row.counter_id, row]));
  return (counters?.rows ?? []).map((row) => toCounter(row, progress.get(row.id)));
}

function toCounter({ id, definition }: Row, progress: Row | undefined): StoredCounter {
  const countedTo =
    progress === undefined
      ? null
      : { customerId: progress.customer_id as string, occurredAt: progress.occurred_at as number, id: progress.id as string };
  return { id: id as number, counter: JSON.parse(definition as string) as TraitCounter, countedTo };
}
