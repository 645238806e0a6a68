import type { IdentityGraph } from '../identity/identity-graph.ts';
import { causeOf } from '../model/cause.ts';
import { checkText } from '../model/check-text.ts';
import { onlyConfirmed } from '../model/confirmation.ts';
import { type CustomerId, parseCustomerId } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import type { Identifier } from '../model/identifier.ts';
import type { CorrectionRefusal, IdentityChanges, IdentityCorrection } from '../model/identity.ts';
import { requireRole, type Viewer } from '../model/viewer.ts';
import { notConfirmed } from './access.ts';
import { type IdentifierVocabulary, parseIdentifiers } from './parse-identifiers.ts';

/** Ids or identifiers in one call. */
const MAX_LISTED = 100;
/** Characters. */
const REASON = { min: 0, max: 1_000 } as const;
/** A correction names stored customers and what they have: no back end is asked for one. */
const NO_TYPES: ReadonlySet<string> = new Set();

export interface CorrectionServices extends IdentifierVocabulary {
  readonly graph: IdentityGraph;
  readonly now: () => Date;
}

/** What every correction says beside its subject. */
export interface Correction {
  readonly viewer: Viewer;
  readonly reason: string | null;
}

/** Which customers to merge: any ids that they ever had. */
export interface MergeRequest extends Correction {
  readonly customerIds: readonly string[];
}

/** Which identifiers to split off. */
export interface SplitRequest extends Correction {
  /** The customer who must have them; null for any. */
  readonly customerId: string | null;
  readonly identifiers: readonly Identifier[];
}

/** Which identifier to unlink. */
export interface UnlinkRequest extends Correction {
  /** The customer who must have it; null for any. */
  readonly customerId: string | null;
  readonly identifier: Identifier;
}

/**
 * Makes one customer of several, also where that goes beyond a limit.
 * @returns the one they are now.
 * @throws GatewayError NOT_FOUND for an id that is nobody's; FORBIDDEN or UNAUTHENTICATED for other viewers.
 */
export async function mergeCustomers(services: CorrectionServices, request: MergeRequest): Promise<CustomerId> {
  const changes = await apply(services, 'mergeCustomers', mergeOf(services, 'mergeCustomers', request));
  return changes.customerId;
}

/**
 * Makes a customer of their own of these identifiers, and remembers that they are apart.
 * @returns the customer who has the rest, and the one who has these now: the customer who had just these before, or a new one.
 * @throws GatewayError NOT_FOUND, CONFLICTING_IDENTIFIERS for identifiers of several customers.
 */
export async function splitCustomer(
  services: CorrectionServices,
  request: SplitRequest,
): Promise<{ from: CustomerId; splitOff: CustomerId }> {
  const correction = splitOf(services, 'splitCustomer', request);
  return partsOf(correction, await apply(services, 'splitCustomer', correction));
}

/**
 * Takes an identifier from its customer: nobody has it then, and evidence that is not newer does not bring it back.
 * @returns whose it was.
 * @throws GatewayError NOT_FOUND, CONFLICTING_IDENTIFIERS when it is another customer's.
 */
export async function unlinkIdentifier(services: CorrectionServices, request: UnlinkRequest): Promise<CustomerId> {
  const changes = await apply(services, 'unlinkIdentifier', unlinkOf(services, 'unlinkIdentifier', request));
  return changes.customerId;
}

/**
 * @param field that asks, for messages and as the cause.
 * @throws GatewayError for a viewer who may not, and for a wrong argument.
 */
export function mergeOf(services: CorrectionServices, field: string, request: MergeRequest): CorrectionOf<'merge'> {
  const { customerIds, ...by } = request;
  requireRole(['AGENT', 'SERVICE'], by.viewer, field);
  checkCount('customerIds', customerIds.length, 2);
  const ids = customerIds.map((id, index) => parseCustomerId(id) ?? raise(notFound(field, `customerIds[${index}]`)));
  return { kind: 'merge', customerIds: ids, ...decidedBy(services, field, by) };
}

/** As `mergeOf`. */
export function splitOf(services: CorrectionServices, field: string, request: SplitRequest): CorrectionOf<'split'> {
  const { customerId, identifiers, ...by } = request;
  requireRole(['AGENT', 'SERVICE'], by.viewer, field);
  checkCount('identifiers', identifiers.length, 1);
  const parsed = parseListed(services, field, identifiers);
  const owner = namedOwner(field, customerId);
  return { kind: 'split', customerId: owner, identifiers: parsed, ...decidedBy(services, field, by) };
}

/** As `mergeOf`. */
export function unlinkOf(services: CorrectionServices, field: string, request: UnlinkRequest): CorrectionOf<'unlink'> {
  const { customerId, identifier, ...by } = request;
  requireRole(['AGENT', 'SERVICE'], by.viewer, field);
  const parsed = parseListed(services, field, [identifier]) as [Identifier];
  const owner = namedOwner(field, customerId);
  return { kind: 'unlink', customerId: owner, identifiers: parsed, ...decidedBy(services, field, by) };
}

/** Who has the rest, and who has the listed identifiers, after a split or in its preview. */
export function partsOf(
  { identifiers }: CorrectionOf<'split'>,
  { customerId, moved }: IdentityChanges,
): { from: CustomerId; splitOff: CustomerId } {
  // Where the customer's own part was listed, it is the others who left (identity/correct.ts).
  const [{ type, value, from: left }] = moved as [IdentityChanges['moved'][number]];
  const hasLeft = identifiers.some((each) => each.type === type && each.value === value);
  return hasLeft ? { from: left, splitOff: customerId } : { from: customerId, splitOff: left };
}

/** A correction of one kind. */
export type CorrectionOf<Kind extends IdentityCorrection['kind']> = Extract<IdentityCorrection, { kind: Kind }>;

/** Whose the identifiers of a split or an unlink must be; null to go by the identifiers. */
function namedOwner(field: string, customerId: string | null): CustomerId | null {
  return customerId === null ? null : (parseCustomerId(customerId) ?? raise(notFound(field, 'customerId')));
}

function decidedBy({ now }: CorrectionServices, field: string, { viewer, reason }: Correction) {
  if (reason !== null) checkText('reason', reason, REASON);
  const at = now();
  return { ...causeOf(viewer, field), ...onlyConfirmed(viewer, at, NO_TYPES), at, reason };
}

async function apply({ graph }: CorrectionServices, mutation: string, correction: IdentityCorrection): Promise<IdentityChanges> {
  const decision = await graph.correct(correction);
  if (decision.kind === 'refused') throw refusalOf(mutation, correction, decision);
  return decision;
}

/** The error of a correction that the graph refuses. */
export function refusalOf(mutation: string, { kind }: Pick<IdentityCorrection, 'kind'>, { why, index }: CorrectionRefusal): GatewayError {
  const identifier = kind === 'unlink' ? 'identifier' : `identifiers[${index}]`;
  switch (why) {
    case 'unconfirmed':
      return notConfirmed(mutation);
    case 'unknown-customer':
      return notFound(mutation, kind === 'merge' ? `customerIds[${index}]` : 'customerId');
    case 'unknown-identifier':
      return new GatewayError('NOT_FOUND', `${mutation}: expected ${identifier} to be somebody's, nobody has it`);
    case 'not-empty':
      return new GatewayError('CONFLICTING_IDENTIFIERS', `${mutation}: expected customerIds[${index}] to have no identifiers left`);
    case 'several-customers':
      return new GatewayError('CONFLICTING_IDENTIFIERS', `${mutation}: expected all of one customer, ${identifier} is another's`);
  }
}

function parseListed(vocabulary: IdentifierVocabulary, mutation: string, given: readonly Identifier[]): Identifier[] {
  return parseIdentifiers(vocabulary, given).map((parsed, index) => {
    if (parsed.ok) return parsed.identifier;
    throw new GatewayError(
      'BAD_USER_INPUT',
      `${mutation}: expected usable values, identifier ${index} is refused as ${parsed.reason}: ${parsed.message}`,
    );
  });
}

function checkCount(name: string, received: number, least: number): void {
  if (received >= least && received <= MAX_LISTED) return;
  throw new GatewayError('BAD_USER_INPUT', `${name}: expected ${least} to ${MAX_LISTED}, received ${received}`);
}

function notFound(mutation: string, what: string): GatewayError {
  return new GatewayError('NOT_FOUND', `${mutation}: expected ${what} to be a customer's id, there is no such customer`);
}

function raise(error: Error): never {
  throw error;
}
