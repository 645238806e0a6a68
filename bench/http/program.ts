import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const hasTaskset = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Why programs are not pinned to a core each; null when they are. */
export const NOT_PINNED: string | null = !hasTaskset
  ? 'taskset is missing: the contestant and the load share all cores'
  : availableParallelism() < 2
    ? 'there is one core only: the contestant shares it with the load and the back ends'
    : null;

export interface ProgramOptions {
  /** The core to which it is pinned, where that is possible. */
  readonly core: 0 | 1;
  readonly variables?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** A program of the benchmark in a process of its own. It answers each message with one message. */
export class Program<Hello> {
  readonly #name: string;
  readonly #child: ChildProcess;

  /** @param file path, relative to this file. */
  constructor(file: string, { core, variables = {}, nodeFlags = [] }: ProgramOptions) {
    this.#name = file;
    // taskset replaces itself by Node (exec), so the process id, the channel and the threads are Node's.
    const pinned = NOT_PINNED === null ? { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...nodeFlags] } : {};
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
      execArgv: [...nodeFlags],
      ...pinned,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Resolves with its first message, which it sends when it is ready. @throws Error when it ends before. */
  ready(): Promise<Hello> {
    return this.#reply() as Promise<Hello>;
  }

  /** @throws Error when it answers `{ error }`, or ends before it answers. */
  async ask<Answer>(message: object): Promise<Answer> {
    const reply = this.#reply();
    this.#child.send(message);
    const answer = (await reply) as Answer & { readonly error?: string };
    if (answer.error !== undefined) throw new Error(`${this.#name}: ${answer.error}`);
    return answer;
  }

  /** Ends the program. Resolves when it has ended. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await exited;
  }

  async #reply(): Promise<unknown> {
    const waiting = new AbortController();
    const { signal } = waiting;
    try {
      const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
        throw new Error(`${this.#name} ended with ${code} before it answered`);
      });
      const [answer] = await Promise.race([once(this.#child, 'message', { signal }), ended]);
      return answer;
    } finally {
      waiting.abort();
    }
  }
}
