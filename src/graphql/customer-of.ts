import { type Capture, isHandedOver, type NewVisitor } from '../capture/capture.ts';
import type { CookieRotations } from '../identity/cookie-rotations.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import type { ResolvedCustomer } from '../model/customer.ts';
import type { Viewer } from '../model/viewer.ts';

interface IdentityServices {
  readonly graph: IdentityGraph;
  readonly rotations: Pick<CookieRotations, 'shownId'>;
}

/** Finds the customer of a viewer's request by what was captured from it; null when nothing was. */
export function customerOf(
  { graph, rotations }: IdentityServices,
  { identifiers, newVisitor, retired }: Capture,
  viewer: Viewer,
): ResolvedCustomer | null | Promise<ResolvedCustomer | null> {
  if (viewer.mustConfirm === true && identifiers.length > 0) return graph.resolveFor(viewer, identifiers);
  if (newVisitor !== null) return customerOfVisitor(graph, identifiers, newVisitor);
  const [cookie] = identifiers.length === 0 ? (retired ?? []) : [];
  if (cookie === undefined) return graph.resolve(identifiers);
  // A retired cookie does not show its former owner, not even by an id.
  return { id: rotations.shownId(cookie), assurance: 'ANONYMOUS', identifiers: [], firstSeenAt: null, lastSeenAt: null };
}

async function customerOfVisitor(
  graph: IdentityGraph,
  identifiers: Capture['identifiers'],
  newVisitor: NewVisitor,
): Promise<ResolvedCustomer | null> {
  // The handoff is used up by this request: the cookie must identify its customer from the next request on.
  if (identifiers.some(isHandedOver)) {
    return graph.resolve([...identifiers, { ...newVisitor.identifier, assurance: 'RECOGNIZED', origin: newVisitor.origin }]);
  }
  return (await graph.resolve(identifiers)) ?? graph.newVisitor(newVisitor.identifier);
}
