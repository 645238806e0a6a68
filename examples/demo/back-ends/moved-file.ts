import { existsSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BackEnd } from '../back-ends.ts';

export interface FileOptions {
  readonly name: string;
  readonly how: string;
  readonly file: string;
  /** The address of the reader's own back end, if it is another. */
  readonly own: string | undefined;
}

/** A file that is stopped by moving it away: its readers find none. */
export class MovedFile implements BackEnd {
  readonly name: string;
  readonly how: string;
  readonly canSwitch: boolean;
  readonly isStarting = false;
  readonly #file: string;

  constructor({ name, how, file, own }: FileOptions) {
    this.name = name;
    this.how = own === undefined ? how : 'your own, which has no switch here';
    this.canSwitch = own === undefined;
    this.#file = file;
  }

  async probe(): Promise<void> {
    if (!this.canSwitch) return;
    await using file = await open(this.#file);
    await file.read(Buffer.alloc(1_024), 0, 1_024, 0);
  }

  get #elsewhere(): string {
    return `${this.#file}.stopped`;
  }

  async stop(): Promise<void> {
    if (existsSync(this.#file)) renameSync(this.#file, this.#elsewhere);
  }

  async start(): Promise<void> {
    if (existsSync(this.#elsewhere)) renameSync(this.#elsewhere, this.#file);
  }

  close(): Promise<void> {
    return this.canSwitch ? this.start() : Promise.resolve();
  }
}
