import { type Capture, provenOf } from '../capture/capture.ts';
import type { IdentifierFormat } from '../capture/normalize.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { isProven } from '../model/assurance.ts';
import { handoffCause } from '../model/cause.ts';
import { type Evidence, originText } from '../model/evidence.ts';
import type { Identifier } from '../model/identifier.ts';
import type { IdentityCorrection, StoredCustomer } from '../model/identity.ts';
import type { Viewer } from '../model/viewer.ts';

/** Attempts, while the giver changes between the read and the transaction. */
const MAX_ATTEMPTS = 5;

export interface HandoffServices {
  readonly graph: IdentityGraph;
  /** Names of identifier types, strongest first. */
  readonly identifierTypes: ReadonlyMap<string, IdentifierFormat>;
  /** Names of the types of class `person`. */
  readonly personTypes: ReadonlySet<string>;
  readonly now: () => Date;
}

/**
 * Decides who the customer of a request with a handoff is. Giver and follower may be two people, because a link can be sent
 * to anybody. So no cookie that the giver keeps may recognise the follower. (docs/adr/0011)
 *
 * - The giver is a known person, and the follower is unknown or the same person: the follower is that person.
 * - The giver is unknown: the giver's history goes to the follower, and the giver's cookie recognises nobody any more.
 * - Both are known, and two people: the handoff is refused.
 * - The follower is on the request of an agent who must confirm: a history that would go to them is refused, as all that links.
 */
export async function acceptHandoff(services: HandoffServices, capture: Capture, { mustConfirm }: Viewer): Promise<Capture> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const accepted = await attemptHandoff(services, capture, mustConfirm !== true);
    if (accepted !== null) return accepted;
  }
  return refused(capture);
}

/** @returns null when the giver changed between the read and the transaction; then nothing was done. */
async function attemptHandoff(services: HandoffServices, capture: Capture, mayCarry: boolean): Promise<Capture | null> {
  const { graph, personTypes } = services;
  const { handedOver } = capture;
  const own = provenOf({ ...capture, retired: [] });
  const [giver, follower] = [await graph.ownerOf(handedOver), await graph.ownerOf(own)];
  const isKnown = (identifiers: readonly Identifier[], customer: StoredCustomer | null) =>
    [...identifiers, ...(customer?.identifiers ?? [])].some(({ type }) => personTypes.has(type));
  const isGiverKnown = isKnown(handedOver, giver);
  const isFollowerKnown = isKnown(own, follower);
  if (isGiverKnown && isFollowerKnown && !isSamePerson(giver, follower, handedOver, own)) {
    return refused(capture);
  }
  if (isGiverKnown) return { ...capture, identifiers: asEvidence(services, capture) };
  if (giver === null || giver.id === follower?.id) return capture;
  if (!mayCarry) return refused(capture);
  return (await carryHistory(services, giver, own, handedOver)) ? capture : null;
}

function refused(capture: Capture): Capture {
  const rules = new Set(capture.handedOver.map(({ origin }) => originText(origin)));
  return { ...capture, handedOver: [], refused: [...capture.refused, ...rules] };
}

function isSamePerson(
  giver: StoredCustomer | null,
  follower: StoredCustomer | null,
  handedOver: readonly Identifier[],
  own: readonly Identifier[],
): boolean {
  if (giver !== null && follower !== null) return giver.id === follower.id;
  return handedOver.some((identifier) => own.some(({ type, value }) => type === identifier.type && value === identifier.value));
}

/** Adds the identifiers of the handoff to the request's own. They replace claimed ones of the same type. */
function asEvidence({ identifierTypes }: HandoffServices, { identifiers, handedOver }: Capture): Evidence[] {
  const claimed = (type: string) => identifiers.filter((own) => own.type === type && !isProven(own.assurance));
  const left = identifiers.filter((own) => !handedOver.some(({ type }) => claimed(type).includes(own)));
  const order = [...identifierTypes.keys()];
  return [...handedOver, ...left].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/**
 * Unlinks the giver's identifiers and merges the giver into the follower, in one transaction, so that a crash leaves nothing
 * half done. If the giver has got another identifier since the read, they may be a known person now, so nothing is done.
 * @returns false when nothing was done because the giver changed.
 */
async function carryHistory(
  { graph, now }: HandoffServices,
  giver: StoredCustomer,
  own: readonly Identifier[],
  handedOver: readonly Evidence[],
): Promise<boolean> {
  const [strongest] = own;
  if (strongest === undefined) return true;
  const by = { ...handoffCause(handedOver), at: now(), reason: null };
  const unlinks = giver.identifiers.map(
    ({ type, value }): IdentityCorrection => ({ kind: 'unlink', customerId: giver.id, identifiers: [{ type, value }], ...by }),
  );
  const { id } = await graph.customerOf(strongest);
  const merge: IdentityCorrection = { kind: 'merge', customerIds: [giver.id, id], emptied: giver.id, ...by };
  return !('kind' in (await graph.correctAll([...unlinks, merge])));
}
