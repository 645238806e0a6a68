import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { BackEnd } from '../back-ends.ts';
import type { FileOptions } from './moved-file.ts';

const HOLDER = fileURLToPath(new URL('hold-lock.ts', import.meta.url));

/**
 * A SQLite file that is stopped by another process, which holds an exclusive lock on it, as a nightly import may: a reader
 * finds it busy. Moving it away would not do: SQLite goes on reading a file that it has open.
 */
export class LockedDatabase implements BackEnd {
  readonly name: string;
  readonly how: string;
  readonly canSwitch: boolean;
  readonly isStarting = false;
  readonly #file: string;
  #holder: ChildProcess | null = null;

  constructor({ name, how, file, own }: FileOptions) {
    this.name = name;
    this.how = own === undefined ? how : 'your own, which has no switch here';
    this.canSwitch = own === undefined;
    this.#file = file;
  }

  async probe(): Promise<void> {
    if (!this.canSwitch) return;
    const database = new DatabaseSync(this.#file, { readOnly: true, timeout: 0 });
    try {
      database.prepare('select customer_id from customer limit 1').get();
    } finally {
      database.close();
    }
  }

  /** @throws when the file can't be locked, for example because another program keeps writing to it. */
  async stop(): Promise<void> {
    if (this.#holder !== null) return;
    const holder = fork(HOLDER, [this.#file], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#holder = holder;
    const exited = once(holder, 'exit').then(() => {
      if (this.#holder === holder) this.#holder = null;
    });
    const isHeld = await Promise.race([once(holder, 'message').then(() => true), exited.then(() => false)]);
    if (!isHeld) throw new Error(`${this.name}: its file can't be locked; end the program that uses it, and stop it again`);
  }

  async start(): Promise<void> {
    const holder = this.#holder;
    if (holder === null) return;
    const exited = once(holder, 'exit');
    holder.kill();
    await exited;
  }

  close(): Promise<void> {
    return this.start();
  }
}
