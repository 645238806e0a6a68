import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** How many lines are done, by outcome. */
export interface LineCounts {
  readonly lines: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Bytes of the file with rejected lines that these lines fill. */
  readonly rejectedBytes: number;
}

const NOTHING: LineCounts = { lines: 0, accepted: 0, duplicates: 0, rejected: 0, rejectedBytes: 0 };
const count = z.int().min(0);
const keptSchema = z.object({
  of: z.string(),
  counts: z.object({ lines: count, accepted: count, duplicates: count, rejected: count, rejectedBytes: count }),
});

/** Bytes at a file's beginning that are hashed to recognise it. */
const FINGERPRINT_BYTES = 64 * 1024;

/** The progress of an import, in a file of its own. */
export class Checkpoint {
  readonly #path: string;
  readonly #of: string;
  /** True if the file has the progress of another import, or can't be read. It is not used then. */
  readonly wasOfAnother: boolean;
  #counts: LineCounts;

  /** @param of a hash of the imported file, the options and the store. A checkpoint with another hash is not used. */
  constructor(path: string, of: string) {
    this.#path = path;
    this.#of = of;
    const kept = read(path);
    this.wasOfAnother = kept !== null && kept.of !== of;
    this.#counts = kept?.of === of ? kept.counts : NOTHING;
  }

  get counts(): LineCounts {
    return this.#counts;
  }

  /** To be called after the lines are stored. It replaces the file in one step, so a reader finds the old or the new one whole. */
  save(counts: LineCounts): void {
    this.#counts = counts;
    const temporary = `${this.#path}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify({ of: this.#of, counts })}\n`, { mode: 0o600 });
    renameSync(temporary, this.#path);
  }

  forget(): void {
    this.#counts = NOTHING;
    this.remove();
  }

  /** To be called when the import is done. */
  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

function read(path: string): z.output<typeof keptSchema> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch {
    // After a power failure it may be half written. It is not used then.
    return { of: '', counts: NOTHING };
  }
}

/** A text that differs for files of different size, time or beginning. Reading all of a large file would take too long. */
export function fingerprintOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return JSON.stringify([size, mtimeMs, createHash('sha256').update(beginningOf(file, FINGERPRINT_BYTES)).digest('hex')]);
}

/** The first `bytes` bytes of a file, or all of a shorter one. */
export function beginningOf(file: string, bytes: number): Buffer {
  const opened = openSync(file, 'r');
  try {
    const beginning = Buffer.alloc(bytes);
    return beginning.subarray(0, readSync(opened, beginning, 0, bytes, 0));
  } finally {
    closeSync(opened);
  }
}
