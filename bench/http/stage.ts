import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './contestants.ts';
import { Program, type ProgramOptions } from './program.ts';

/** A contestant whose program runs. */
export interface Running {
  readonly contestant: Contestant;
  readonly program: Program<{ readonly port: number }>;
  readonly port: number;
}

/** Back ends and load generator. */
export interface Surroundings {
  readonly load: Program<object>;
  readonly backEnds: Program<{ readonly urls: Readonly<Record<string, string>> }>;
}

/** Runs back ends, load and contestants in a process each. `close` ends all of them and removes their files. */
export class Stage implements AsyncDisposable {
  /** The folder for the run's files. */
  readonly directory = mkdtempSync(join(tmpdir(), 'bench-http-'));
  readonly #programs: Pick<Program<unknown>, 'end'>[] = [];
  readonly surroundings: Surroundings = {
    load: this.#program('./load.ts', { core: 1 }),
    backEnds: this.#program('./back-ends.ts', { core: 1 }),
  };
  #variables: Readonly<Record<string, string>> = { NODE_ENV: 'production', GATEWAY_SECRET: 'a-secret-for-the-bench-0123456789' };

  /** Waits until back ends and load are ready. @throws Error when one of them does not start. */
  async ready(): Promise<void> {
    const [{ urls }] = await Promise.all([this.surroundings.backEnds.ready(), this.surroundings.load.ready()]);
    this.#variables = { ...this.#variables, ...urls };
  }

  /** The environment variables of every contestant. */
  get variables(): Readonly<Record<string, string>> {
    return this.#variables;
  }

  /** Starts a contestant. @param options.variables further environment variables. @throws Error when it does not start. */
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
