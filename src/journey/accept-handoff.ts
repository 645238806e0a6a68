import { type Capture, type CapturedIdentifier, provenOf } from '../capture/capture-request.ts';
import type { IdentifierFormat } from '../capture/normalize.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { isProven } from '../model/assurance.ts';
import type { Identifier } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';

export interface HandoffServices {
  readonly graph: IdentityGraph;
  /** Names of identifier types, strongest first. */
  readonly identifierTypes: ReadonlyMap<string, IdentifierFormat>;
  /** Of those, the ones that name a human. */
  readonly personTypes: ReadonlySet<string>;
  readonly now: () => Date;
}

/**
 * Who the customer of a request with a handoff is. Whoever makes a link and whoever follows it may be two people, and a
 * link can be sent to anybody; so nothing that the giver keeps (their cookie) may come to stand for the follower.
 *
 * - The giver is a known person, and the follower is not known, or is the same: the follower is that person.
 * - The giver is not known: what they did goes to the follower, and their cookie stands for nobody any more.
 * - Both are known, and two people: the handoff is refused.
 *
 * (docs/adr/0011)
 */
export async function acceptHandoff(services: HandoffServices, capture: Capture): Promise<Capture> {
  const { graph, personTypes } = services;
  const { handedOver } = capture;
  const own = provenOf({ ...capture, retired: [] });
  const [giver, follower] = [await graph.ownerOf(handedOver), await graph.ownerOf(own)];
  const isKnown = (identifiers: readonly Identifier[], customer: StoredCustomer | null) =>
    [...identifiers, ...(customer?.identifiers ?? [])].some(({ type }) => personTypes.has(type));
  const isGiverKnown = isKnown(handedOver, giver);
  const isFollowerKnown = isKnown(own, follower);
  if (isGiverKnown && isFollowerKnown && !isSamePerson(giver, follower, handedOver, own)) {
    return { ...capture, handedOver: [], refused: [...capture.refused, ...new Set(handedOver.map(({ source }) => source))] };
  }
  if (isGiverKnown) return { ...capture, identifiers: asEvidence(services, capture) };
  if (giver !== null && giver.id !== follower?.id) await carryHistory(services, giver, own, handedOver);
  return capture;
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

/** What was handed over counts beside the request's own; of a type that the request proves itself, that counts. */
function asEvidence({ identifierTypes }: HandoffServices, { identifiers, handedOver }: Capture): CapturedIdentifier[] {
  const claimed = (type: string) => identifiers.filter((own) => own.type === type && !isProven(own.assurance));
  const left = identifiers.filter((own) => !handedOver.some(({ type }) => claimed(type).includes(own)));
  const order = [...identifierTypes.keys()];
  return [...handedOver, ...left].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/** In this order: at no moment does the giver's cookie stand for the follower. */
async function carryHistory(
  { graph, now }: HandoffServices,
  giver: StoredCustomer,
  own: readonly Identifier[],
  handedOver: readonly CapturedIdentifier[],
): Promise<void> {
  const [strongest] = own;
  if (strongest === undefined) return;
  const by = { at: now(), source: handedOver[0]?.source ?? 'handoff', actor: null, reason: null };
  for (const { type, value } of giver.identifiers) {
    await graph.correct({ kind: 'unlink', customerId: giver.id, identifiers: [{ type, value }], ...by });
  }
  const { id } = await graph.customerOf(strongest);
  await graph.correct({ kind: 'merge', customerIds: [giver.id, id], ...by });
}
