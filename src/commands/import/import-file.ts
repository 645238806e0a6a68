import type { ErrorCode } from '../../model/errors.ts';
import type { Checkpoint, Tally } from './checkpoint.ts';
import type { Progress } from './progress.ts';
import type { FileRecord } from './record-file.ts';
import type { RejectedFile } from './rejected-file.ts';

/** What became of records that were told together. */
export interface Outcome {
  readonly accepted: number;
  /** They told nothing that was not stored before. */
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly code: ErrorCode; readonly message: string }[];
}

export interface ImportParts<Told> {
  readonly records: AsyncIterable<Told>;
  readonly recordOf: (told: Told) => FileRecord;
  /** Resolves when all that is accepted is on disk. */
  readonly tell: (batch: readonly Told[]) => Promise<Outcome>;
  readonly checkpoint: Checkpoint;
  readonly rejected: RejectedFile;
  readonly progress: Progress;
  /** Ends the import between two batches. */
  readonly stop: AbortSignal;
}

/** Few enough to be stored in a blink, so that others who write to the store get their turn; enough to share a sync. */
const BATCH = 1_000;
/** Batches that are told and not stored yet: one is parsed while another is written, and no more are in memory. */
const IN_FLIGHT = 3;

/**
 * Tells the store everything of a file that it was not told yet, in order. After each batch the checkpoint says so: whoever
 * is killed goes on from there, and what was stored in the moment of the kill is recognised by its ids.
 * @returns what has become of the file so far; not all of it only where `stop` said so.
 * @throws Error when it can't go on; the checkpoint stays.
 */
export async function importFile<Told>(parts: ImportParts<Told>): Promise<Tally> {
  const { records, tell, checkpoint, stop } = parts;
  const inFlight: { readonly batch: readonly Told[]; readonly outcome: Promise<Outcome> }[] = [];
  const settleFirst = async () => {
    const first = inFlight.shift();
    if (first === undefined) return;
    try {
      settle(parts, first.batch, await first.outcome);
    } catch (error) {
      // Those behind it do not count, stored or not: the next run begins with the first.
      await Promise.allSettled(inFlight.splice(0).map(({ outcome }) => outcome));
      throw error;
    }
  };
  let seen = 0;
  let batch: Told[] = [];
  const send = async () => {
    if (batch.length === 0) return;
    const outcome = tell(batch);
    // It is looked at when its turn comes; until then its failure is not unheard of.
    outcome.catch(() => {});
    inFlight.push({ batch, outcome });
    batch = [];
    if (inFlight.length === IN_FLIGHT) await settleFirst();
  };

  const { lines: done } = checkpoint.tally;
  try {
    for await (const told of records) {
      if (stop.aborted) break;
      if (++seen <= done) continue;
      if (batch.push(told) === BATCH) await send();
    }
    if (!stop.aborted) await send();
  } finally {
    // Also where the file ends in a failure: what was told before it is stored.
    while (inFlight.length > 0) await settleFirst();
  }
  return checkpoint.tally;
}

function settle<Told>(
  { recordOf, checkpoint, rejected, progress }: ImportParts<Told>,
  batch: readonly Told[],
  { accepted, duplicates, rejected: refused }: Outcome,
): void {
  for (const { index, code, message } of refused) {
    const { line, content } = recordOf(batch[index] as Told);
    rejected.add({ line, code, message, record: content });
  }
  // What the checkpoint accounts for must be there before it.
  const rejectedBytes = rejected.flush();
  const { tally } = checkpoint;
  checkpoint.save({
    lines: tally.lines + batch.length,
    accepted: tally.accepted + accepted,
    duplicates: tally.duplicates + duplicates,
    rejected: tally.rejected + refused.length,
    rejectedBytes,
  });
  progress.show(checkpoint.tally.lines, recordOf(batch.at(-1) as Told).end);
}
