import type { JourneyPlace, StoredInteraction } from '../model/interaction.ts';
import { journeyRange, type ReadJourney } from './read-journey.ts';

/** Interactions with less than a gap between one and the next. */
export interface Session {
  /** Newest first; at least one. */
  readonly interactions: readonly StoredInteraction[];
}

/** The usual measure of web analytics. */
const GAP_MS = 30 * 60 * 1000;
const MAX_INTERACTIONS = 1_000;
const CHUNK = 500;

/**
 * The sessions of a journey, newest first, from a place on. Reads as far as the gap after the last of them, in pieces.
 * A session of more interactions than 1,000 is cut there, and goes on as another.
 */
export async function readSessions(read: ReadJourney, limit: number, after: JourneyPlace | null): Promise<Session[]> {
  const sessions: StoredInteraction[][] = [];
  let place = after;
  for (;;) {
    const chunk = await read(journeyRange({}, { limit: CHUNK, after: place, before: null, fromEnd: false }));
    for (const interaction of chunk) {
      const current = sessions.at(-1);
      const previous = current?.at(-1);
      const goesOn = previous !== undefined && previous.occurredAt.getTime() - interaction.occurredAt.getTime() < GAP_MS;
      if (current !== undefined && goesOn && current.length < MAX_INTERACTIONS) current.push(interaction);
      else if (sessions.length === limit) return sessions.map((interactions) => ({ interactions }));
      else sessions.push([interaction]);
    }
    place = chunk.at(-1) ?? place;
    if (chunk.length < CHUNK) return sessions.map((interactions) => ({ interactions }));
  }
}

/** Where a session ends in the journey: the next one begins after it. */
export function placeOfSession({ interactions }: Session): JourneyPlace {
  return interactions.at(-1) as StoredInteraction;
}
