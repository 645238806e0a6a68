import { setImmediate } from 'node:timers/promises';
import type { JourneyPlace, StoredInteraction } from '../model/interaction.ts';
import { journeyRange, type ReadJourney } from './read-journey.ts';

/** Interactions with less than a gap between one and the next. */
export interface Session {
  /** Newest first; at least one. */
  readonly interactions: readonly StoredInteraction[];
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Whether the journey goes on behind them. */
  readonly hasMore: boolean;
}

/** The usual measure of web analytics. */
const GAP_MS = 30 * 60 * 1000;
/** Interactions of one session; of a longer one, what is older is another. */
const MAX_INTERACTIONS = 1_000;
/** Interactions of one page of sessions: it ends early where they are long. */
const MAX_PER_PAGE = 3_000;
const CHUNK = 500;

/** The sessions of a journey, newest first, from a place on. Reads as far as the gap after the last of them, in pieces. */
export async function readSessions(read: ReadJourney, limit: number, after: JourneyPlace | null): Promise<SessionPage> {
  const sessions: StoredInteraction[][] = [];
  const page = (hasMore: boolean) => ({ sessions: sessions.map((interactions) => ({ interactions })), hasMore });
  let place = after;
  for (let seen = 0; ; ) {
    const chunk = await read(journeyRange({}, { limit: CHUNK, after: place, before: null, fromEnd: false }));
    for (const interaction of chunk) {
      const current = sessions.at(-1);
      const previous = current?.at(-1);
      const goesOn = previous !== undefined && previous.occurredAt.getTime() - interaction.occurredAt.getTime() < GAP_MS;
      if (current !== undefined && goesOn && current.length < MAX_INTERACTIONS) current.push(interaction);
      else if (sessions.length === limit || seen >= MAX_PER_PAGE) return page(true);
      else sessions.push([interaction]);
      seen++;
    }
    place = chunk.at(-1) ?? place;
    if (chunk.length < CHUNK) return page(false);
    // Others are served between two pieces.
    await setImmediate();
  }
}

/** Where a session ends in the journey: the next one begins after it. */
export function placeOfSession({ interactions }: Session): JourneyPlace {
  return interactions.at(-1) as StoredInteraction;
}
