import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import type { ErrorCode } from '../../model/errors.ts';

export interface RejectedLine {
  readonly line: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** As it came. */
  readonly record: unknown;
}

/** What an import could not take, to be mended and imported again. It holds identifiers: nobody else may read it. */
export class RejectedFile {
  readonly path: string;
  #file: number | null = null;
  #bytes: number;
  #waiting = '';

  /** @param bytes what of an earlier run's file counts; the rest is listed again when its line's turn comes. */
  constructor(path: string, bytes: number) {
    this.path = path;
    this.#bytes = bytes;
    if (bytes === 0) rmSync(path, { force: true });
    else {
      this.#file = openSync(path, 'r+');
      ftruncateSync(this.#file, bytes);
    }
  }

  /** Whether an earlier run's file has all that a checkpoint says of it. */
  static has(path: string, bytes: number): boolean {
    return bytes === 0 || (existsSync(path) && statSync(path).size >= bytes);
  }

  add(line: RejectedLine): void {
    this.#waiting += `${JSON.stringify(line)}\n`;
  }

  /** Brings what was added to the disk. @returns how many bytes the file has. */
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
