import { setImmediate } from 'node:timers/promises';
import type { JourneyCursor, StoredInteraction } from '../model/interaction.ts';
import { journeyRange, type ReadJourney } from './read-journey.ts';

/** Interactions with less than `GAP_MS` between one and the next. */
export interface Session {
  /** Newest first; at least one. */
  readonly interactions: readonly StoredInteraction[];
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** True when there are older sessions. */
  readonly hasMore: boolean;
}

/** Sessions of a page: what it has when nothing is asked for, and what it may have. Each session can be long. */
export const SESSION_PAGE = { size: 10, max: 20 };
/** The usual measure of web analytics. */
const GAP_MS = 30 * 60 * 1000;
/** Interactions of one session. Older ones begin another session. */
const MAX_INTERACTIONS = 1_000;
/** After this many interactions, a page gets no more sessions. */
const MAX_PER_PAGE = 3_000;
/** Interactions of one read: with properties of 16 kB each, the store reads them in about 20 ms. */
const CHUNK = 200;

/** The sessions of a journey, newest first, after a cursor. Reads in chunks, up to the interaction that begins the next page. */
export async function readSessions(read: ReadJourney, limit: number, after: JourneyCursor | null): Promise<SessionPage> {
  const sessions: StoredInteraction[][] = [];
  const page = (hasMore: boolean) => ({ sessions: sessions.map((interactions) => ({ interactions })), hasMore });
  let cursor = after;
  for (let seen = 0; ; ) {
    const chunk = await read(journeyRange({}, { limit: CHUNK, after: cursor, before: null, fromEnd: false }));
    for (const interaction of chunk) {
      const current = sessions.at(-1);
      const previous = current?.at(-1);
      const goesOn = previous !== undefined && previous.occurredAt.getTime() - interaction.occurredAt.getTime() < GAP_MS;
      if (current !== undefined && goesOn && current.length < MAX_INTERACTIONS) current.push(interaction);
      else if (sessions.length === limit || seen >= MAX_PER_PAGE) return page(true);
      else sessions.push([interaction]);
      seen++;
    }
    cursor = chunk.at(-1) ?? cursor;
    if (chunk.length < CHUNK) return page(false);
    // Lets other requests run between two chunks.
    await setImmediate();
  }
}

/** The cursor of a session's oldest interaction: the next session begins after it. */
export function endOfSession({ interactions }: Session): JourneyCursor {
  return interactions.at(-1) as StoredInteraction;
}
