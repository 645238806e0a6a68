import type { LiveEvent } from '../model/live-event.ts';

/** What all subscribers of a process may keep waiting. */
export interface WaitingLimits {
  /** Events; an event that waits for two subscribers is two. About 100 bytes each. */
  readonly events: number;
  /** Characters of the interactions among them; those of one that waits for several subscribers count once. */
  readonly characters: number;
}

/**
 * Parsed JSON takes up to sixteen times its characters (a list of empty lists), most takes two to four times. So these are a
 * quarter of a gigabyte at worst.
 */
export const WAITING_LIMITS: WaitingLimits = { events: 100_000, characters: 16_000_000 };

/** A queue that can be given up. */
export interface SlowQueue {
  /** Drops what waits. */
  giveUp(): void;
}

/**
 * Bounds what waits for all subscribers of a process together. Beyond it, the subscriber ends whose queue has not been empty
 * for longest: the one that reads most slowly, not the one that happens to be next.
 */
export class WaitingBound {
  readonly #limits: WaitingLimits;
  /** Queues with waiting events, in the order in which they stopped being empty. */
  readonly #slow = new Set<SlowQueue>();
  readonly #kept = new Map<LiveEvent, { queues: number; readonly characters: number }>();
  #events = 0;
  #characters = 0;

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  /** How many events wait. */
  get events(): number {
    return this.#events;
  }

  /** An event waits in this queue. May give up queues, also this one. */
  added(queue: SlowQueue, event: LiveEvent): void {
    this.#slow.add(queue);
    this.#events++;
    const kept = this.#kept.get(event);
    if (kept !== undefined) kept.queues++;
    else {
      const characters = charactersOf(event);
      this.#kept.set(event, { queues: 1, characters });
      this.#characters += characters;
    }
    while (this.#events > this.#limits.events || this.#characters > this.#limits.characters) {
      const [slowest] = this.#slow;
      if (slowest === undefined) return;
      slowest.giveUp();
    }
  }

  /** An event waits in this queue no more. */
  removed(event: LiveEvent): void {
    this.#events--;
    const kept = this.#kept.get(event);
    if (kept === undefined || --kept.queues > 0) return;
    this.#kept.delete(event);
    this.#characters -= kept.characters;
  }

  /** Nothing waits in this queue. */
  emptied(queue: SlowQueue): void {
    this.#slow.delete(queue);
  }
}

function charactersOf(event: LiveEvent): number {
  if (event.kind !== 'interaction') return 0;
  const { properties, pageUrl } = event.interaction;
  return JSON.stringify(properties).length + (pageUrl?.length ?? 0);
}
