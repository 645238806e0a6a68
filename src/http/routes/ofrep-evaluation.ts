import type { GivenOffer } from '../../offers/choosing/given-offer.ts';

/**
 * Answers of the OpenFeature Remote Evaluation Protocol (https://github.com/open-feature/protocol, service/openapi.yaml, 0.3.0). A
 * placement is a flag, the name of its first offer the variant, and the offer's content the value.
 */
export interface Evaluation {
  readonly key: string;
  /** `TARGETING_MATCH` for an offer that was chosen, `DEFAULT` for the fallback and for nothing. */
  readonly reason: 'TARGETING_MATCH' | 'DEFAULT';
  readonly variant?: string;
  /** Left out where there is no offer: the program uses its own default (ADR 6 of the protocol). */
  readonly value?: Readonly<Record<string, unknown>>;
  /** What a program needs to respond to the offer. Flag metadata may hold texts, numbers and booleans only. */
  readonly metadata?: { readonly id: string; readonly token: string; readonly expiresAt: string };
}

/** The failure of an evaluation. Codes are OpenFeature's. */
export interface EvaluationFailure {
  readonly key?: string;
  readonly errorCode: 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'FLAG_NOT_FOUND';
  readonly errorDetails: string;
}

/** @param offer the first; undefined where there is none. */
export function evaluationOf(key: string, offer: GivenOffer | undefined): Evaluation {
  if (offer === undefined) return { key, reason: 'DEFAULT' };
  const { id, name, content, token, expiresAt, isFallback } = offer;
  const metadata = { id, token, expiresAt: expiresAt.toISOString() };
  return { key, reason: isFallback ? 'DEFAULT' : 'TARGETING_MATCH', variant: name, value: content, metadata };
}
