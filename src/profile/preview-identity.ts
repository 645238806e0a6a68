import { explainPreview } from '../identity/explain-preview.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import { type Identifier, identifierKey, plain } from '../model/identifier.ts';
import type { IdentityChanges, IdentityCorrection, PreviewedChange, StoredCustomer } from '../model/identity.ts';
import {
  type CorrectionServices,
  type MergeRequest,
  mergeOf,
  partsOf,
  refusalOf,
  type SplitRequest,
  splitOf,
  type UnlinkRequest,
  unlinkOf,
} from './correct-identity.ts';
import { eventOf, type IdentifyRequest, type IdentifyServices, UNCONFIRMED } from './identify.ts';

/** What a change of identity would do. Nothing was written. */
export interface PreviewedIdentity {
  readonly customer: ResolvedCustomer;
  readonly others: readonly ResolvedCustomer[];
  /** `of`: who would have it. */
  readonly linked: readonly (Identifier & { readonly of: CustomerId })[];
  readonly moved: readonly (Identifier & { readonly from: CustomerId })[];
  readonly cut: readonly Identifier[];
  readonly interactions: number;
  readonly explanation: string;
}

export interface PreviewServices extends CorrectionServices, IdentifyServices {
  /** Asks the graph when it is this viewer's turn. */
  readonly preview: IdentityGraph['preview'];
  /** Customers of today by any ids, as this viewer gets them; null for an id of nobody. */
  readonly customers: (ids: readonly CustomerId[]) => Promise<readonly (ResolvedCustomer | null)[]>;
}

/** A decision that is not refused. */
type Decided = Omit<PreviewedChange, 'decision'> & { readonly changes: IdentityChanges };

/** What `mergeCustomers` would do. @throws GatewayError as that mutation. */
export async function previewMerge(services: PreviewServices, request: MergeRequest): Promise<PreviewedIdentity> {
  const decided = await decide(services, 'previewMerge', mergeOf(services, 'previewMerge', request));
  const { customerId, merged } = decided.changes;
  const [customer, ...others] = await present(services, [customerId, ...merged.map(({ id }) => id)]);
  return { ...of(decided), customer: customer as ResolvedCustomer, others };
}

/**
 * What `splitCustomer` would do. A customer who would come back or be made is shown with the identifiers that they would have.
 * @throws GatewayError as that mutation.
 */
export async function previewSplit(services: PreviewServices, request: SplitRequest): Promise<PreviewedIdentity> {
  const correction = splitOf(services, 'previewSplit', request);
  const decided = await decide(services, 'previewSplit', correction);
  const { changes } = decided;
  const [{ from: root }] = changes.moved as [IdentityChanges['moved'][number]];
  const [whole] = (await present(services, [root])) as [ResolvedCustomer];
  const leaving = new Set(changes.moved.map(identifierKey));
  const withThose = (isLeaving: boolean) => whole.identifiers.filter((each) => leaving.has(identifierKey(each)) === isLeaving);
  const own: ResolvedCustomer = { ...whole, identifiers: withThose(false) };
  const other: ResolvedCustomer = { ...whole, id: changes.customerId, identifiers: withThose(true), firstSeenAt: null, lastSeenAt: null };
  return partsOf(correction, changes).from === root
    ? { ...of(decided), customer: own, others: [other] }
    : { ...of(decided), customer: other, others: [own] };
}

/** What `unlinkIdentifier` would do. @throws GatewayError as that mutation. */
export async function previewUnlink(services: PreviewServices, request: UnlinkRequest): Promise<PreviewedIdentity> {
  const decided = await decide(services, 'previewUnlink', unlinkOf(services, 'previewUnlink', request));
  const [customer] = await present(services, [decided.changes.customerId]);
  return { ...of(decided), customer: customer as ResolvedCustomer, others: [] };
}

/**
 * What `identify` would do. For AGENT and SERVICE.
 * @throws GatewayError as that mutation; also where its outcome would be REJECTED: BAD_USER_INPUT without any usable identifier,
 * CONFLICTING_IDENTIFIERS, INSUFFICIENT_ASSURANCE for customers whom an agent has not confirmed, and NOT_FOUND for evidence of an erased customer.
 */
export async function previewIdentify(services: PreviewServices, request: IdentifyRequest): Promise<PreviewedIdentity> {
  const { event, rejected } = eventOf(services, request);
  if (event === null) {
    const reasons = rejected.map(({ type, reason }) => `${JSON.stringify(type.slice(0, 60))} is refused as ${reason}`);
    const received = reasons.length === 0 ? 'none' : reasons.join(', ');
    throw new GatewayError('BAD_USER_INPUT', `previewIdentify: expected at least one usable identifier, received ${received}`);
  }
  const { decision, ...seen } = await services.preview({ kind: 'event', event });
  if (decision.kind === 'refused' && 'unconfirmed' in decision) throw unlinkable();
  if (decision.kind === 'refused') throw 'why' in decision || decision.type === null ? erased() : conflicting(decision.type);
  const decided = { ...seen, changes: decision };
  const { customerId, created, merged, moved } = decision;
  const others = [...new Set([...merged.map(({ id }) => id), ...moved.map(({ from }) => from)])];
  const [customer, ...rest] = created
    ? [
        ...(await services.graph.confirmations.seenBy(request.viewer, [newCustomer(decision, services.now())])),
        ...(await present(services, others)),
      ]
    : await present(services, [customerId, ...others]);
  return {
    ...of(decided),
    customer: customer as ResolvedCustomer,
    others: rest,
    explanation: explainPreview(decision, decided.interactions, rejected),
  };
}

async function decide({ preview }: PreviewServices, field: string, correction: IdentityCorrection): Promise<Decided> {
  const { decision, ...seen } = await preview({ kind: 'correction', correction });
  if (decision.kind !== 'refused') return { ...seen, changes: decision };
  throw 'why' in decision ? refusalOf(field, correction, decision) : new TypeError('expected the refusal of a correction');
}

function of({ changes, customers, interactions }: Decided): Omit<PreviewedIdentity, 'customer' | 'others'> {
  const { linked, moved, cut, merged } = changes;
  const byId = new Map(customers.map((customer): [CustomerId, StoredCustomer] => [customer.id, customer]));
  const brought = merged.flatMap(({ id, identifiers }) => {
    const isCut = new Set(cut.map(identifierKey));
    const theirs = byId.get(id)?.identifiers ?? identifiers;
    return theirs.filter((identifier) => !isCut.has(identifierKey(identifier))).map((identifier) => ({ ...plain(identifier), from: id }));
  });
  return {
    linked: linked.map((identifier) => ({ ...plain(identifier), of: changes.customerId })),
    moved: [...brought, ...moved.map(({ type, value, from }) => ({ type, value, from }))],
    cut: cut.map(plain),
    interactions,
    explanation: explainPreview(changes, interactions),
  };
}

/** Customers who are there now, in the order of the ids. */
async function present({ customers }: PreviewServices, ids: readonly CustomerId[]): Promise<ResolvedCustomer[]> {
  const found = await customers(ids);
  return found.map((customer) => {
    if (customer !== null) return customer;
    throw new GatewayError('NOT_FOUND', 'the preview: expected customers who are there, one of them was forgotten meanwhile; ask again');
  });
}

function newCustomer({ customerId, linked, moved }: IdentityChanges, now: Date): ResolvedCustomer {
  const identifiers = [...linked, ...moved].map(({ type, value }) => ({ type, value, linkedAt: now, lastSeenAt: now, source: 'unlinked' }));
  return { id: customerId, assurance: 'VERIFIED', identifiers, firstSeenAt: null, lastSeenAt: null };
}

function unlinkable(): GatewayError {
  const details = { required: 'VERIFIED', actual: 'RECOGNIZED' };
  return new GatewayError('INSUFFICIENT_ASSURANCE', `previewIdentify: ${UNCONFIRMED}`, details);
}

function conflicting(type: string): GatewayError {
  return new GatewayError(
    'CONFLICTING_IDENTIFIERS',
    `previewIdentify: expected identifiers of one customer, who would have more values of ${type} than the limit allows`,
  );
}

function erased(): GatewayError {
  return new GatewayError(
    'NOT_FOUND',
    'previewIdentify: expected identifiers of a customer who is there; theirs was erased, and the event is not newer',
  );
}
