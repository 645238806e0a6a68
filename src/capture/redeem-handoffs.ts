import type { Identifier } from '../model/identifier.ts';
import type { CapturableRequest, CaptureMemory } from './capture.ts';
import type { HandoffTokens } from './handoff-token.ts';
import type { RequestReader } from './request-reader.ts';
import type { RulesOfType } from './rule-table.ts';

/** By token: its identifiers; null for a token that proves nothing. */
export type RedeemedHandoffs = ReadonlyMap<string, readonly Identifier[] | null>;

/** Tokens that are tried on one request, all its pages included: decrypting a forged one takes about 0.2 ms of CPU time. */
const MAX_TOKENS = 100;

export const NO_HANDOFFS: RedeemedHandoffs = new Map();

/** By parameter of a handoff rule: its tokens, in order. Null without any token: then there is nothing to redeem. */
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
 * Redeems each token once per request, for all identifier types together, because reading uses it up. Tokens after the first
 * valid one of a parameter stay unused, and so do all tokens after `MAX_TOKENS`.
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
      const isNew = !memory.handoffs.has(token);
      if (isNew && memory.handoffs.size < MAX_TOKENS) memory.handoffs.set(token, handoffs.redeem(token, request.audience));
      const carried = (await memory.handoffs.get(token)) ?? null;
      redeemed.set(token, carried);
      if (carried !== null) break;
    }
  }
  return redeemed;
}
