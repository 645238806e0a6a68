import { type Origin, originText } from './evidence.ts';
import { rolesText, type Viewer } from './viewer.ts';

/** What caused a change of the identity graph. It is stored with the change. */
export interface Cause {
  /** As in the public field `source`: `mergeCustomers:AGENT`, `bearerClaim:sub+issuedCookie:visitor`, `handoff:ct`. */
  readonly source: string;
  /** The subject of the viewer's token. Null for evidence, for a handoff, and for a token without a subject. */
  readonly actor: string | null;
}

/** The cause of a handoff begins with the kind of its origin. No mutation has this name. */
const HANDOFF = 'handoff';

/** The cause of a change that a viewer asked for. @param mutation its name in the schema. */
export function causeOf({ roles, claims: { sub } }: Viewer, mutation: string): Cause {
  return { source: `${mutation}:${rolesText({ roles })}`, actor: typeof sub === 'string' ? sub : null };
}

/** The cause of a change by the identifiers of a request. */
export function evidenceCause(evidence: readonly { readonly origin: Origin }[]): Cause {
  return { source: evidence.map(({ origin }) => originText(origin)).join('+'), actor: null };
}

/** The cause of a change by a handoff. @param evidence the identifiers of the handoff. */
export function handoffCause([brought]: readonly { readonly origin: Origin }[]): Cause {
  return { source: brought === undefined ? HANDOFF : originText(brought.origin), actor: null };
}

/** True for a cause of `handoffCause`. Only these two fields of a cause are stored. */
export function isHandoff({ source, actor }: Cause): boolean {
  return actor === null && (source === HANDOFF || source.startsWith(`${HANDOFF}:`));
}
