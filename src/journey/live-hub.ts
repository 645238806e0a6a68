import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents } from '../model/ports.ts';

/** Live events within one process. */
export class LiveHub implements LiveEvents {
  readonly #listeners = new Set<(event: LiveEvent) => void>();

  publish(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
