import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { readLines } from '../../adapters/files/text-lines.ts';
import type { ErrorCode } from '../../model/errors.ts';

export interface RejectedLine {
  readonly line: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** The record as it was in the file. */
  readonly record: unknown;
}

/** The records that an import rejected, to be corrected and imported again. It contains identifiers, so only its owner may read it. */
export class RejectedFile {
  readonly path: string;
  #file: number | null = null;
  #bytes: number;
  #waiting = '';

  /** @param bytes of an earlier run's file that the checkpoint accounts for. Later lines are removed: this run rejects them again. */
  constructor(path: string, bytes: number) {
    this.path = path;
    this.#bytes = bytes;
    if (bytes === 0) rmSync(path, { force: true });
    else {
      this.#file = openSync(path, 'r+');
      ftruncateSync(this.#file, bytes);
    }
  }

  /** True if an earlier run's file has as many bytes as the checkpoint says. */
  static has(path: string, bytes: number): boolean {
    return bytes === 0 || (existsSync(path) && statSync(path).size >= bytes);
  }

  add(line: RejectedLine): void {
    this.#waiting += `${JSON.stringify(line)}\n`;
  }

  /** Writes the added lines to the disk. @returns the file's size in bytes. */
  flush(): number {
    if (this.#waiting === '') return this.#bytes;
    this.#file ??= openSync(this.path, 'wx+', 0o600);
    const bytes = Buffer.from(this.#waiting);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file, bytes, written, bytes.length - written, this.#bytes + written);
    }
    fdatasyncSync(this.#file);
    this.#bytes += bytes.length;
    this.#waiting = '';
    return this.#bytes;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

/** Why lines were rejected. The message contains no value of a record. */
export interface RejectionReason {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  /** The numbers of the first such lines, at most three. */
  readonly lines: readonly number[];
}

/** Reasons that are counted each on its own. In a file with more of them, the later ones count as one. */
const MAX_REASONS = 1_000;
const MAX_LINES = 3;
const OTHER = { code: 'OTHER', message: 'other reasons' };

/**
 * Reads a file that `RejectedFile` wrote, also the lines of earlier runs.
 * @returns the reasons, the most frequent first.
 */
export async function rejectionReasons(file: string): Promise<readonly RejectionReason[]> {
  const reasons = new Map<string, { code: string; message: string; count: number; lines: number[] }>();
  for await (const batch of readLines(file)) {
    for (const { text, isTooLong } of batch) {
      if (text === '' || isTooLong) continue;
      const rejected = JSON.parse(text) as { line: number; code: string; message: string };
      const { code, message } = reasons.size < MAX_REASONS || reasons.has(keyOf(rejected)) ? rejected : OTHER;
      const key = keyOf({ code, message });
      const reason = reasons.get(key) ?? { code, message, count: 0, lines: [] };
      reason.count++;
      if (reason.lines.length < MAX_LINES) reason.lines.push(rejected.line);
      reasons.set(key, reason);
    }
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
}

function keyOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${code} ${message}`;
}
