import type { Identifier } from '../model/identifier.ts';
import type { CapturableRequest, CaptureMemory } from './capture.ts';
import type { HandoffTokens } from './handoff-token.ts';
import type { RequestReader } from './request-reader.ts';
import type { RulesOfType } from './rule-table.ts';

/** By token, what it carries; null for one that proves nothing. */
export type RedeemedHandoffs = ReadonlyMap<string, readonly Identifier[] | null>;

export const NO_HANDOFFS: RedeemedHandoffs = new Map();

/** By parameter that a handoff rule looks into, its tokens in order. Null where there is none: then nothing is redeemed. */
export function handoffTokensOn(
  request: CapturableRequest,
  rules: readonly RulesOfType[],
  reader: RequestReader,
): ReadonlyMap<string, readonly string[]> | null {
  let tokens: Map<string, readonly string[]> | null = null;
  if (!request.redeemsHandoffs) return tokens;
  for (const { handoffs } of rules) {
    for (const rule of handoffs) {
      const found = reader.find(rule);
      if (found.length > 0) tokens = (tokens ?? new Map()).set(rule.name, found);
    }
  }
  return tokens;
}

/**
 * Redeems each token once per request, however many identifier types it serves: it is used up by reading. What stands behind
 * a token that is good is left alone.
 */
export async function redeemHandoffs(
  handoffs: HandoffTokens,
  tokens: ReadonlyMap<string, readonly string[]>,
  request: CapturableRequest,
  memory: CaptureMemory,
): Promise<RedeemedHandoffs> {
  const redeemed = new Map<string, readonly Identifier[] | null>();
  for (const found of tokens.values()) {
    for (const token of found) {
      if (!memory.handoffs.has(token)) memory.handoffs.set(token, await handoffs.redeem(token, request.audience));
      const carried = memory.handoffs.get(token) ?? null;
      redeemed.set(token, carried);
      if (carried !== null) break;
    }
  }
  return redeemed;
}
