import { type Assurance, isProven } from './assurance.ts';
import type { Identifier } from './identifier.ts';

/** Kinds of origins: a capture rule of each kind, a recipient token, an argument of an owner's resolver. */
export type OriginKind = 'bearerClaim' | 'issuedCookie' | 'handoff' | 'cookie' | 'urlParameter' | 'header' | 'recipientToken' | 'resolver';

/** Where an identifier was read. */
export interface Origin {
  readonly kind: OriginKind;
  /** The name of the claim, cookie, parameter or header; null for a kind without names. */
  readonly name: string | null;
}

/** An identifier of a request, with its assurance and origin. */
export interface Evidence extends Identifier {
  readonly assurance: Assurance;
  readonly origin: Origin;
  /** An issued cookie that should have the prefix `__Host-` and has not: any host of the site can have set it. */
  readonly isUnprefixed?: true;
}

/** True for proven evidence. */
export function isProvenEvidence({ assurance }: Evidence): boolean {
  return isProven(assurance);
}

/** An origin as a text for metrics, the log and the public field `source`: `cookie:cid`. */
export function originText({ kind, name }: Origin): string {
  return name === null ? kind : `${kind}:${name}`;
}
