/** Whether what replicas share through Redis is there. While it is not, this process uses its own memory. */
export interface SharedState {
  isUp(): boolean;
  /** When Redis was lost, or was first asked for; null while it is there. */
  readonly downSince: Date | null;
}

/** What a gateway uses Redis for. */
export type SharedUse = 'cache' | 'rate limits' | 'live events';

/** The state of everything for which a gateway uses Redis. Without any use it is up. */
export class SharedStates implements SharedState {
  readonly #uses = new Map<SharedUse, SharedState>();

  add(use: SharedUse, state: SharedState): void {
    this.#uses.set(use, state);
  }

  /** The uses of which Redis is lost. */
  get down(): readonly SharedUse[] {
    return [...this.#uses].flatMap(([use, state]) => (state.isUp() ? [] : [use]));
  }

  isUp(): boolean {
    return this.down.length === 0;
  }

  get downSince(): Date | null {
    return earliest([...this.#uses.values()].map(({ downSince }) => downSince));
  }
}

/** @returns null where all are. */
export function earliest(times: readonly (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null).map((time) => time.getTime());
  return known.length === 0 ? null : new Date(Math.min(...known));
}
