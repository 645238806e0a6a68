import type { JourneyRange } from '../../src/model/interaction.ts';

/** The newest `limit` interactions of a journey. */
export function newest(limit: number): JourneyRange {
  return { limit, order: 'newest-first', olderThan: null, newerThan: null, types: null, touchpoints: null };
}
