import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** What has become of the lines that are accounted for. */
export interface LineCounts {
  readonly lines: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** How much of the file with rejected lines is theirs. */
  readonly rejectedBytes: number;
}

const NOTHING: LineCounts = { lines: 0, accepted: 0, duplicates: 0, rejected: 0, rejectedBytes: 0 };
const count = z.int().min(0);
const keptSchema = z.object({
  of: z.string(),
  counts: z.object({ lines: count, accepted: count, duplicates: count, rejected: count, rejectedBytes: count }),
});

/** Bytes at a file's beginning by which it is recognised. */
const FINGERPRINT_BYTES = 64 * 1024;

/** How far an import has come, in a file of its own. */
export class Checkpoint {
  readonly #path: string;
  readonly #of: string;
  /** Whether there was one of something else, or one that can't be read, which does not count. */
  readonly wasOfAnother: boolean;
  #counts: LineCounts;

  /** @param of what is imported, and how, and into what: a checkpoint of anything else does not count. */
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

  /** To be called when the lines are stored. A reader finds the old one or the new one, never a part. */
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

  /** The import is done. */
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
    // A machine that lost power may have half of it: then it says nothing.
    return { of: '', counts: NOTHING };
  }
}

/** A text that differs for files of different content, as far as that shows without reading all of a file. */
export function fingerprintOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return JSON.stringify([size, mtimeMs, createHash('sha256').update(beginningOf(file, FINGERPRINT_BYTES)).digest('hex')]);
}

export function beginningOf(file: string, bytes: number): Buffer {
  const opened = openSync(file, 'r');
  try {
    const beginning = Buffer.alloc(bytes);
    return beginning.subarray(0, readSync(opened, beginning, 0, bytes, 0));
  } finally {
    closeSync(opened);
  }
}
