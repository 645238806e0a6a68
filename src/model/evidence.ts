import type { Assurance } from './assurance.ts';
import type { Identifier } from './identifier.ts';

/** What an identifier can be read from: a capture rule of each kind, a recipient's token, an argument of an owner's resolver. */
export type OriginKind = 'bearerClaim' | 'issuedCookie' | 'handoff' | 'cookie' | 'urlParameter' | 'header' | 'recipientToken' | 'resolver';

/** Where an identifier was read. */
export interface Origin {
  readonly kind: OriginKind;
  /** The claim's, cookie's, parameter's or header's name; null where there is only one of the kind. */
  readonly name: string | null;
}

/** An identifier that came with a request, and how much its appearance proves. */
export interface Evidence extends Identifier {
  readonly assurance: Assurance;
  readonly origin: Origin;
  /** An issued cookie without the prefix `__Host-`, where it should have one: any host of the site can have set it. */
  readonly isUnprefixed?: true;
}

/** An origin as metrics, the log and the public field `source` show it: `cookie:cid`. */
export function originText({ kind, name }: Origin): string {
  return name === null ? kind : `${kind}:${name}`;
}
