import { randomUUID } from 'node:crypto';

/** Random UUIDs for a plan that runs several times: each run gets the same ones, so that each asks for the same. */
export class FreshIds {
  readonly #ids: string[] = [];

  /** To be called for each run. @returns a random UUID each time. */
  ofRun(): () => string {
    let used = 0;
    return () => {
      this.#ids[used] ??= randomUUID();
      return this.#ids[used++] as string;
    };
  }
}
