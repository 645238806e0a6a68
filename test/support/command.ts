import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { expectNoSurprise } from './surprises.ts';

export interface CommandOptions {
  readonly directory?: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Is given what ends the command. Default: when the test is over. */
  readonly atEnd?: (end: () => void) => void;
}

/** Removes settings of the environment, and has free ports chosen, so that tests do not disturb each other. */
const QUIET = { FORCE_COLOR: undefined, NO_COLOR: '1', DATABASE_URL: undefined, REDIS_URL: undefined, SHOP_PORT: '0', CLUB_PORT: '0' };

const PATIENCE = new URL('patience.ts', import.meta.url).href;

/** A script in a process of its own, which is killed at the end. */
export class Command {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #stdout = '';
  #stderr = '';
  #isClosed = false;

  constructor(script: string, args: readonly string[], { directory = '.', variables = {}, atEnd = onTestFinished }: CommandOptions = {}) {
    const env = { ...process.env, NODE_ENV: 'development', ...QUIET, ...variables };
    this.#child = spawn(process.execPath, ['--import', PATIENCE, resolve(script), ...args], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#closed = once(this.#child, 'close').then(() => {
      this.#isClosed = true;
    });
    atEnd(() => {
      this.#child.kill('SIGKILL');
      expectNoSurprise([], `${this.#stdout}\n${this.#stderr}`.split('\n'));
    });
  }

  /**
   * Waits until standard output matches.
   * @returns what the pattern's first group captured.
   * @throws Error with all of the output when the command ends before.
   */
  says(pattern: RegExp): Promise<string> {
    return this.#prints(pattern, this.#child.stdout, () => this.#stdout);
  }

  /** As `says`, for standard error. */
  complains(pattern: RegExp): Promise<string> {
    return this.#prints(pattern, this.#child.stderr, () => this.#stderr);
  }

  async #prints(pattern: RegExp, stream: Readable, printed: () => string): Promise<string> {
    for (;;) {
      const match = pattern.exec(printed());
      if (match) return match[1] ?? match[0];
      if (this.#isClosed) throw new Error(`expected output like ${pattern}, the command ended with: ${this.#stdout}${this.#stderr}`);
      await Promise.race([once(stream, 'data'), this.#closed]);
    }
  }

  /** The id of its process. */
  get pid(): number {
    return this.#child.pid as number;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async ended(): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  /** Sends SIGTERM, as a process manager does. @returns when the process has ended. */
  stop() {
    this.#child.kill('SIGTERM');
    return this.ended();
  }
}

export const CLI = 'src/cli.ts';
/** Matches the gateway's address in the output of `start`. */
export const GATEWAY_URL = /(https?:\/\/[^\s/]+)\/graphql\b/;
