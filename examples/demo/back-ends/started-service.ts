import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BackEnd } from '../back-ends.ts';

export interface ServiceOptions {
  readonly name: string;
  readonly how: (port: string) => string;
  /** Its module, beside this one. */
  readonly file: string;
  readonly port: number;
  /** The address of the reader's own service, if there is one. */
  readonly own: string | undefined;
}

/** Milliseconds in which a service has to answer a probe. */
const PROBE_WITHIN = 5_000;

/** A service in a process of its own: stopped by ending the process, started at the same port as before. */
export class StartedService implements BackEnd {
  readonly name: string;
  readonly canSwitch: boolean;
  readonly #options: ServiceOptions;
  #child: ChildProcess | null = null;
  #url: Promise<string>;
  /** Known once it has served for the first time. */
  #knownUrl: string | null = null;
  #isStarting = false;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.name = options.name;
    this.canSwitch = options.own === undefined;
    this.#knownUrl = options.own ?? null;
    this.#url = options.own === undefined ? this.#fork(options.port) : Promise.resolve(options.own);
  }

  /** @throws when it ended before it served. */
  get url(): Promise<string> {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get how(): string {
    if (!this.canSwitch) return 'your own, which has no switch here';
    return this.#options.how(this.#knownUrl === null ? String(this.#options.port) : new URL(this.#knownUrl).port);
  }

  get isStarting(): boolean {
    return this.#isStarting;
  }

  async probe(): Promise<void> {
    if (this.#knownUrl === null) throw new Error(`${this.name} has not served yet`);
    const response = await fetch(this.#knownUrl, { signal: AbortSignal.timeout(PROBE_WITHIN) });
    await response.arrayBuffer();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }

  /** @throws when its port was taken meanwhile: the gateway knows it by that port. */
  async start(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) return;
    const before = await this.#url;
    const now = await this.#fork(Number(new URL(before).port));
    if (now === before) return;
    await this.stop();
    throw new Error(`${this.name}: port ${new URL(before).port} is in use by another program; end that, and start it again`);
  }

  close(): Promise<void> {
    return this.canSwitch ? this.stop() : Promise.resolve();
  }

  async #fork(port: number): Promise<string> {
    this.#isStarting = true;
    const file = fileURLToPath(new URL(this.#options.file, import.meta.url));
    const child = fork(file, [String(port)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    try {
      const url = await urlOf(child);
      this.#knownUrl ??= url;
      return url;
    } finally {
      this.#isStarting = false;
    }
  }
}

/** The address that a service sends when it serves. @throws when it ends before. */
export async function urlOf(child: ChildProcess): Promise<string> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('a service of the demo ended before it served'))),
  ]);
  return (message as { url: string }).url;
}
