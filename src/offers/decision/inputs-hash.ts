import { hash } from 'node:crypto';
import type { DecisionState } from './decision-state.ts';
import type { Ranked, Standing } from './standing.ts';

/**
 * A hash of what a decision was made from: the seed, the versions of the offers, how far each came and why, counts, evidence. With
 * the same placement and settings, the same hash means the same decision.
 * @returns 22 characters of base64url: the first 16 bytes of SHA-256.
 */
export function inputsHash(state: DecisionState, standings: readonly Standing[], ranked: readonly Ranked[]): string {
  let text = `${state.channel} ${state.isAdmitted} ${state.isControl}`;
  for (const { offer, mark } of standings) {
    text += `\n${offer.name}\0${offer.version}\0${mark}`;
    if (offer.caps.length > 0) text += `\0${state.counts.get(offer.name)?.join()}`;
  }
  const texts = Buffer.from(text);
  // As bytes: formatting thousands of fractions as text would take longer than everything else here.
  const numbers = new Float64Array(ranked.length * 2);
  for (const [index, { evidence }] of ranked.entries()) {
    numbers[index * 2] = evidence?.presented ?? 0;
    numbers[index * 2 + 1] = evidence?.responded ?? 0;
  }
  const evidence = new Uint8Array(numbers.buffer);
  return hash('sha256', Buffer.concat([state.seed, evidence, texts]), 'buffer').toString('base64url', 0, 16);
}
