import type { ErrorCode } from '../../model/errors.ts';
import type { Checkpoint, LineCounts } from './checkpoint.ts';
import type { Progress } from './progress.ts';
import type { FileRecord } from './record-file.ts';
import type { RejectedFile } from './rejected-file.ts';

/** The outcome of one batch of records. */
export interface Outcome {
  readonly accepted: number;
  /** Records that were stored before. */
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly code: ErrorCode; readonly message: string }[];
}

/** The parts of one import. */
export interface ImportParts<Item extends FileRecord> {
  readonly records: AsyncIterable<Item>;
  /** Resolves when all accepted records are on disk. */
  readonly record: (batch: readonly Item[]) => Promise<Outcome>;
  readonly checkpoint: Checkpoint;
  readonly rejected: RejectedFile;
  readonly progress: Progress;
  /** Ends the import between two batches. */
  readonly stop: AbortSignal;
}

/** Records of one batch: few enough that other writers of the store wait only briefly, enough that many share one sync. */
const BATCH = 1_000;
/** Batches that are sent and not stored yet, so that one is parsed while another is written. More would only use memory. */
const IN_FLIGHT = 3;

/**
 * Stores every record of a file that earlier runs have not stored, in order. The checkpoint is saved after each batch. A run
 * after a kill continues from there, and recognises records by their ids that were stored just before the kill.
 * @returns the counts of all lines, or of the lines so far if `stop` was aborted.
 * @throws Error when it can't continue; the checkpoint is kept.
 */
export async function importFile<Item extends FileRecord>(parts: ImportParts<Item>): Promise<LineCounts> {
  const { records, record, checkpoint, stop } = parts;
  const inFlight: { readonly batch: readonly Item[]; readonly outcome: Promise<Outcome> }[] = [];
  const settleFirst = async () => {
    const first = inFlight.shift();
    if (first === undefined) return;
    try {
      settle(parts, first.batch, await first.outcome);
    } catch (error) {
      // The batches after it do not count, stored or not: the next run begins with the failed one.
      await Promise.allSettled(inFlight.splice(0).map(({ outcome }) => outcome));
      throw error;
    }
  };
  let seen = 0;
  let batch: Item[] = [];
  const send = async () => {
    if (batch.length === 0) return;
    const outcome = record(batch);
    // Awaited later; the empty catch only prevents an unhandled rejection meanwhile.
    outcome.catch(() => {});
    inFlight.push({ batch, outcome });
    batch = [];
    if (inFlight.length === IN_FLIGHT) await settleFirst();
  };

  const { lines: done } = checkpoint.counts;
  try {
    for await (const item of records) {
      if (stop.aborted) break;
      if (++seen <= done) continue;
      if (batch.push(item) === BATCH) await send();
    }
    if (!stop.aborted) await send();
  } finally {
    // Also if reading the file fails: the batches before the failure are stored.
    while (inFlight.length > 0) await settleFirst();
  }
  return checkpoint.counts;
}

function settle(
  { checkpoint, rejected, progress }: Pick<ImportParts<FileRecord>, 'checkpoint' | 'rejected' | 'progress'>,
  batch: readonly FileRecord[],
  { accepted, duplicates, rejected: refused }: Outcome,
): void {
  for (const { index, code, message } of refused) {
    const { line, content } = batch[index] as FileRecord;
    rejected.add({ line, code, message, record: content });
  }
  // The rejected lines must be on disk before the checkpoint that counts them.
  const rejectedBytes = rejected.flush();
  const { counts } = checkpoint;
  checkpoint.save({
    lines: counts.lines + batch.length,
    accepted: counts.accepted + accepted,
    duplicates: counts.duplicates + duplicates,
    rejected: counts.rejected + refused.length,
    rejectedBytes,
  });
  progress.show(checkpoint.counts.lines, (batch.at(-1) as FileRecord).end);
}
