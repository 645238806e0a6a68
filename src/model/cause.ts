import { type Origin, originText } from './evidence.ts';
import type { Viewer } from './viewer.ts';

/** What caused a change of the identity graph. It is stored with the change. */
export interface Cause {
  /** As the public field `source` shows it: `mergeCustomers:AGENT`, `bearerClaim:sub+issuedCookie:visitor`, `handoff:ct`. */
  readonly source: string;
  /** On whose behalf: the subject of the viewer's token. Null for evidence, for a handoff, and for a token without a subject. */
  readonly actor: string | null;
}

/** What a handoff's cause begins with: the kind of its origin. No mutation is called so. */
const HANDOFF = 'handoff';

/** A viewer asked for it. @param mutation by its name in the schema. */
export function causeOf({ role, claims: { sub } }: Viewer, mutation: string): Cause {
  return { source: `${mutation}:${role}`, actor: typeof sub === 'string' ? sub : null };
}

/** Identifiers that came with a request prove it. */
export function evidenceCause(evidence: readonly { readonly origin: Origin }[]): Cause {
  return { source: evidence.map(({ origin }) => originText(origin)).join('+'), actor: null };
}

/** A visitor followed a handoff. @param evidence what the handoff brought. */
export function handoffCause([brought]: readonly { readonly origin: Origin }[]): Cause {
  return { source: brought === undefined ? HANDOFF : originText(brought.origin), actor: null };
}

/** True for what `handoffCause` made. A stored change keeps no more of its cause than these two fields. */
export function isHandoff({ source, actor }: Cause): boolean {
  return actor === null && (source === HANDOFF || source.startsWith(`${HANDOFF}:`));
}
