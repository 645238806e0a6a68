import { RecentMap } from '../identity/recent-map.ts';
import type { JourneyRange, StoredInteraction } from '../model/interaction.ts';
import type { LiveEvents } from '../model/ports.ts';

/** Interactions that are remembered as received, at least; about 100 bytes each. Beyond them, one may be sent a second time. */
const REMEMBERED = 10_000;
/** Interactions that one subscriber gets from the journey after a gap, at most: as many as may wait for it. */
const MAX_MISSED = 1_000;
/** Milliseconds: interactions are received somewhat after they happened. Those of an app that was offline for longer are not found. */
const LATE = 60_000;
/** Milliseconds by which clocks of replicas may differ. */
const CLOCKS = 5_000;

/** The interactions that this process received as events, so that those of the journey which it missed are known. */
export class ReceivedInteractions {
  readonly #received = new RecentMap<string, true>(REMEMBERED);

  constructor(live: LiveEvents) {
    live.subscribe((event) => {
      if (event.kind === 'interaction') this.#received.set(keyOf(event.interaction), true);
    });
  }

  has(interaction: StoredInteraction): boolean {
    return this.#received.get(keyOf(interaction)) !== undefined;
  }
}

/** What one subscriber is sent from the journey after gaps. */
export class MissedInteractions {
  readonly #received: ReceivedInteractions;
  readonly #begunAt: Date;
  /** Sent from the journey. An event of one that was stored at the end of the gap may still come. */
  readonly #sent = new Set<string>();

  /** @param begunAt when the subscription began: what was stored before is not missed. */
  constructor(received: ReceivedInteractions, begunAt: Date) {
    this.#received = received;
    this.#begunAt = begunAt;
  }

  /** What to read of the journey. @param gap a time before the first lost event. */
  static range(gap: Date): JourneyRange {
    const newerThan = { occurredAt: new Date(gap.getTime() - LATE), id: '', customerId: '' };
    return { limit: MAX_MISSED, order: 'oldest-first', olderThan: null, newerThan, types: null, touchpoints: null, withActors: true };
  }

  /** Those that no event of this process was about, in their order. To be called once for each gap. */
  among(found: readonly StoredInteraction[], gap: Date): StoredInteraction[] {
    const from = Math.max(gap.getTime(), this.#begunAt.getTime()) - CLOCKS;
    const missed = found.filter((each) => each.recordedAt.getTime() >= from && !this.#received.has(each) && !this.#sent.has(keyOf(each)));
    for (const each of missed) {
      // A set keeps the order in which its values were added, so this is the oldest.
      if (this.#sent.size >= MAX_MISSED) for (const oldest of this.#sent) if (this.#sent.delete(oldest)) break;
      this.#sent.add(keyOf(each));
    }
    return missed;
  }

  /** True for an interaction that was sent from the journey; its event is nothing new. */
  wasSent(interaction: StoredInteraction): boolean {
    return this.#sent.delete(keyOf(interaction));
  }
}

function keyOf({ id, occurredAt }: StoredInteraction): string {
  return `${occurredAt.getTime()} ${id}`;
}
