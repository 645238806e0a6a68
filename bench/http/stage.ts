import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './contestants.ts';
import { Program, type ProgramOptions } from './program.ts';

/** A contestant that is running. */
export interface Running {
  readonly contestant: Contestant;
  readonly program: Program<{ readonly port: number }>;
  readonly port: number;
}

/** What surrounds the contestants. */
export interface Surroundings {
  readonly load: Program<object>;
  readonly backEnds: Program<{ readonly urls: Readonly<Record<string, string>> }>;
}

/** Back ends, load and contestants, in a process each; nothing of them is left when it is closed. */
export class Stage implements AsyncDisposable {
  /** For what the run needs on disk. */
  readonly directory = mkdtempSync(join(tmpdir(), 'bench-http-'));
  readonly #programs: Pick<Program<unknown>, 'end'>[] = [];
  readonly surroundings: Surroundings = {
    load: this.#program('./load.ts', { core: 1 }),
    backEnds: this.#program('./back-ends.ts', { core: 1 }),
  };
  #variables: Readonly<Record<string, string>> = { NODE_ENV: 'production', GATEWAY_SECRET: 'a-secret-for-the-bench-0123456789' };

  /** Waits for back ends and load. @throws Error when one of them does not start. */
  async ready(): Promise<void> {
    const [{ urls }] = await Promise.all([this.surroundings.backEnds.ready(), this.surroundings.load.ready()]);
    this.#variables = { ...this.#variables, ...urls };
  }

  /** What a contestant finds in its environment. */
  get variables(): Readonly<Record<string, string>> {
    return this.#variables;
  }

  /** @param options.variables beside the ones of all contestants. @throws Error when it does not start. */
  async start(contestant: Contestant, options: Omit<ProgramOptions, 'core'> = {}): Promise<Running> {
    const variables = { ...this.#variables, ...options.variables };
    const program = this.#program<{ readonly port: number }>(contestant.file, { core: 0, ...options, variables });
    return { contestant, program, port: (await program.ready()).port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program.end();
    rmSync(this.directory, { recursive: true });
  }

  #program<Hello>(file: string, options: ProgramOptions): Program<Hello> {
    const started = new Program<Hello>(file, options);
    this.#programs.push(started);
    return started;
  }
}
