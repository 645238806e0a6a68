import type { IdentityGraph } from '../identity/identity-graph.ts';
import { causeOf } from '../model/cause.ts';
import { type CustomerId, parseCustomerId } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import type { Identifier } from '../model/identifier.ts';
import type { CorrectionRefusal, IdentityChanges, IdentityCorrection } from '../model/identity.ts';
import { requireRole, type Viewer } from '../model/viewer.ts';
import { type IdentifierVocabulary, parseIdentifiers } from './parse-identifiers.ts';
import { requireConfirmed } from './require-confirmed.ts';

/** Ids or identifiers in one call. */
const MAX_LISTED = 100;
const MAX_REASON = 1_000;

export interface CorrectionServices extends IdentifierVocabulary {
  readonly graph: IdentityGraph;
  readonly now: () => Date;
}

/** What every correction says beside its subject. */
export interface Correction {
  readonly viewer: Viewer;
  readonly reason: string | null;
}

/**
 * Makes one customer of several, also where that goes beyond a limit.
 * @returns the one they are now.
 * @throws GatewayError NOT_FOUND for an id that is nobody's; FORBIDDEN or UNAUTHENTICATED for other viewers.
 */
export async function mergeCustomers(
  services: CorrectionServices,
  { customerIds, ...by }: Correction & { readonly customerIds: readonly string[] },
): Promise<CustomerId> {
  requireRole(['AGENT', 'SERVICE'], by.viewer, 'mergeCustomers');
  checkCount('customerIds', customerIds.length, 2);
  const ids = customerIds.map((id, index) => parseCustomerId(id) ?? raise(notFound('mergeCustomers', `customerIds[${index}]`)));
  await requireConfirmed(services.graph, by.viewer, { customerIds: ids }, 'mergeCustomers');
  const changes = await apply(services, 'mergeCustomers', by, { kind: 'merge', customerIds: ids });
  return changes.customerId;
}

/**
 * Makes a customer of their own of these identifiers, and remembers that they are apart.
 * @returns the customer who has the rest, and the one who has these now: the customer who had just these before, or a new one.
 * @throws GatewayError NOT_FOUND, CONFLICTING_IDENTIFIERS for identifiers of several customers.
 */
export async function splitCustomer(
  services: CorrectionServices,
  { customerId, identifiers, ...by }: Correction & { readonly customerId: string | null; readonly identifiers: readonly Identifier[] },
): Promise<{ from: CustomerId; splitOff: CustomerId }> {
  requireRole(['AGENT', 'SERVICE'], by.viewer, 'splitCustomer');
  checkCount('identifiers', identifiers.length, 1);
  const parsed = parseListed(services, 'splitCustomer', identifiers);
  const from = customerId === null ? null : (parseCustomerId(customerId) ?? raise(notFound('splitCustomer', 'customerId')));
  const whose = await ownerToCorrect(services, by, { from, identifiers: parsed }, 'splitCustomer');
  const changes = await apply(services, 'splitCustomer', by, { kind: 'split', customerId: whose, identifiers: parsed });
  // Where the customer's own part was listed, it is the others who left (identity/correct.ts).
  const [{ type, value, from: left }] = changes.moved as [IdentityChanges['moved'][number]];
  const hasLeft = parsed.some((each) => each.type === type && each.value === value);
  return hasLeft ? { from: left, splitOff: changes.customerId } : { from: changes.customerId, splitOff: left };
}

/**
 * Takes an identifier from its customer: nobody has it then, and evidence that is not newer does not bring it back.
 * @returns whose it was.
 * @throws GatewayError NOT_FOUND, CONFLICTING_IDENTIFIERS when it is another customer's.
 */
export async function unlinkIdentifier(
  services: CorrectionServices,
  { customerId, identifier, ...by }: Correction & { readonly customerId: string | null; readonly identifier: Identifier },
): Promise<CustomerId> {
  requireRole(['AGENT', 'SERVICE'], by.viewer, 'unlinkIdentifier');
  const parsed = parseListed(services, 'unlinkIdentifier', [identifier]) as [Identifier];
  const from = customerId === null ? null : (parseCustomerId(customerId) ?? raise(notFound('unlinkIdentifier', 'customerId')));
  const whose = await ownerToCorrect(services, by, { from, identifiers: parsed }, 'unlinkIdentifier');
  const changes = await apply(services, 'unlinkIdentifier', by, { kind: 'unlink', customerId: whose, identifiers: parsed });
  return changes.customerId;
}

/**
 * Whose the identifiers of a split or an unlink must be. For an agent who must confirm it is the customer whom the agent has
 * confirmed, so that the correction changes nobody else, also when an identifier is given to another customer meanwhile.
 * @returns null to go by the identifiers.
 */
async function ownerToCorrect(
  { graph }: CorrectionServices,
  { viewer }: Correction,
  { from, identifiers }: { readonly from: CustomerId | null; readonly identifiers: readonly Identifier[] },
  mutation: string,
): Promise<CustomerId | null> {
  const named = { customerIds: from === null ? [] : [from], identifiers };
  const [owner = null] = await requireConfirmed(graph, viewer, named, mutation);
  return from ?? owner;
}

type Subject<Kind = IdentityCorrection> = Kind extends IdentityCorrection ? Omit<Kind, 'at' | 'source' | 'actor' | 'reason'> : never;

async function apply(
  { graph, now }: CorrectionServices,
  mutation: string,
  { viewer, reason }: Correction,
  subject: Subject,
): Promise<IdentityChanges> {
  if (reason !== null && reason.length > MAX_REASON) {
    throw new GatewayError('BAD_USER_INPUT', `reason: expected at most ${MAX_REASON} characters, received ${reason.length}`);
  }
  const decision = await graph.correct({ ...subject, ...causeOf(viewer, mutation), at: now(), reason });
  if (decision.kind === 'refused') throw refusalOf(mutation, subject, decision);
  return decision;
}

function refusalOf(mutation: string, { kind }: Subject, { why, index }: CorrectionRefusal): GatewayError {
  const identifier = kind === 'unlink' ? 'identifier' : `identifiers[${index}]`;
  switch (why) {
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
