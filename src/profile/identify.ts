import { createHash } from 'node:crypto';
import type { Consent } from '../capture/consent.ts';
import { normalizeIdentifier } from '../capture/normalize.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { isProven } from '../model/assurance.ts';
import { attributesProblem } from '../model/attribute-bounds.ts';
import { causeOf, evidenceCause } from '../model/cause.ts';
import { onlyConfirmed } from '../model/confirmation.ts';
import type { CustomerId } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import { requireEventTime } from '../model/event-time.ts';
import type { Evidence } from '../model/evidence.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../model/identifier.ts';
import type { IdentityChanges, IdentityEvent } from '../model/identity.ts';
import { isTrusted, type Viewer } from '../model/viewer.ts';
import type { IdentifierVocabulary } from './parse-identifiers.ts';
import { type RejectedIdentifier, rejection } from './rejected-identifier.ts';

/** Characters of an event's own id, as of an interaction's. */
const MAX_EVENT_ID = 200;
/** More seen at once is no one customer's. */
const MAX_IDENTIFIERS = 100;

/** What an agent is answered who must confirm, and has not. */
export const UNCONFIRMED =
  'this agent has not confirmed a customer who has one of the identifiers, so nothing is linked; confirmIdentity comes first';

export interface IdentifyRequest {
  readonly identifiers: readonly Identifier[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly touchpoint: string | null;
  /** Null for now. */
  readonly occurredAt: Date | null;
  readonly eventId: string | null;
  readonly viewer: Viewer;
  /** What was read off the request that says so. */
  readonly captured: readonly Evidence[];
  /** Without `mayStore` attributes are left out. Who a customer is does not depend on it. */
  readonly consent: Pick<Consent, 'mayStore'>;
  /** What is stored as the event's source; left out, what caused it on this request. */
  readonly source?: string;
}

export interface IdentifyResult {
  readonly customerId: CustomerId | null;
  readonly outcome: 'CREATED' | 'LINKED' | 'MERGED' | 'REASSIGNED' | 'UNCHANGED' | 'REJECTED';
  readonly linked: readonly Identifier[];
  readonly unlinked: readonly LinkedIdentifier[];
  readonly rejected: readonly RejectedIdentifier[];
}

export interface IdentifyServices extends IdentifierVocabulary {
  readonly graph: IdentityGraph;
  /** Names of the types by which a back end can be asked. */
  readonly askableTypes: ReadonlySet<string>;
  readonly now: () => Date;
}

/**
 * Records identifiers seen together. What a CUSTOMER merely says proves nothing: it is left out, unless the
 * request carries proof of the same. An agent who must confirm links nothing of a customer before. Attributes are
 * kept only when the event is, in the same transaction.
 * @throws GatewayError BAD_USER_INPUT for an event from the future or before 1970, with more than 100 identifiers or an id of more than 200 characters, or with attributes beyond bounds.
 */
export async function identify(services: IdentifyServices, request: IdentifyRequest): Promise<IdentifyResult> {
  const { event, accepted, rejected } = eventOf(services, request);
  if (event === null) return { customerId: null, outcome: 'REJECTED', linked: [], unlinked: [], rejected };
  const decision = await services.graph.link(event);
  if (decision.kind === 'refused' && decision.unconfirmed !== undefined) {
    const keys = new Set(decision.unconfirmed.map(identifierKey));
    const named = accepted.filter((identifier) => keys.has(identifierKey(identifier)));
    const refused = (named.length > 0 ? named : accepted).map((each) => rejection(each, 'INSUFFICIENT_ASSURANCE', UNCONFIRMED));
    return { customerId: null, outcome: 'REJECTED', linked: [], unlinked: [], rejected: [...rejected, ...refused] };
  }
  if (decision.kind === 'refused') {
    const reason = decision.type === null ? 'ERASED' : 'CONFLICTING_IDENTIFIERS';
    const refused = event.identifiers.filter(({ type }) => decision.type === null || type === decision.type);
    const all = [...rejected, ...refused.map(({ type, value }) => rejection({ type, value }, reason))];
    return { customerId: null, outcome: 'REJECTED', linked: [], unlinked: [], rejected: all };
  }

  return {
    customerId: decision.customerId,
    outcome: outcomeOf(decision),
    linked: [...decision.linked, ...decision.moved],
    unlinked: decision.cut,
    rejected: [...rejected, ...decision.leftOut.map(({ type, value, reason }) => rejection({ type, value }, reason))],
  };
}

/** What a request reports. */
interface Reported {
  /** Null where none of the identifiers counts. */
  readonly event: IdentityEvent | null;
  /** Given identifiers that count. */
  readonly accepted: readonly Identifier[];
  readonly rejected: readonly RejectedIdentifier[];
}

/** @throws GatewayError as `identify`. */
export function eventOf(services: IdentifyServices, request: IdentifyRequest): Reported {
  const { viewer, captured, touchpoint } = request;
  const occurredAt = request.occurredAt ?? services.now();
  requireEventTime(occurredAt, services.now());
  if (request.identifiers.length > MAX_IDENTIFIERS) {
    throw new GatewayError('BAD_USER_INPUT', `identifiers: expected at most ${MAX_IDENTIFIERS}, received ${request.identifiers.length}`);
  }
  if ((request.eventId?.length ?? 0) > MAX_EVENT_ID) {
    throw new GatewayError('BAD_USER_INPUT', `eventId: expected at most ${MAX_EVENT_ID} characters, received more`);
  }
  const problem = attributesProblem(request.attributes);
  if (problem !== null) throw new GatewayError('BAD_USER_INPUT', `attributes: ${problem}`);
  const proven = captured.filter(({ assurance }) => isProven(assurance));
  const { accepted, rejected } = weigh(services, request, proven);
  const identifiers = [...proven.map(({ type, value }) => ({ type, value })), ...accepted];
  if (identifiers.length === 0) return { event: null, accepted, rejected };

  const source = request.source ?? (accepted.length > 0 ? causeOf(viewer, 'identify') : evidenceCause(proven)).source;
  const eventId = request.eventId ?? derivedEventId(request);
  const values = request.consent.mayStore ? request.attributes : {};
  const attributes = { values, touchpoint, isVouchedFor: isTrusted(viewer) };
  const confirmed = onlyConfirmed(viewer, services.now(), services.askableTypes);
  return { event: { identifiers, occurredAt, source, eventId, attributes, ...confirmed }, accepted, rejected };
}

/**
 * By what an event without an id of its own is recognised: its time and its attributes, since two events of one time
 * that say different things are two events. Null for an event that has no time either.
 */
function derivedEventId({ occurredAt, attributes }: IdentifyRequest): string | null {
  if (occurredAt === null) return null;
  const time = occurredAt.toISOString();
  if (Object.keys(attributes).length === 0) return time;
  return `${time} ${createHash('sha256').update(canonicalJson(attributes)).digest('base64url')}`;
}

function outcomeOf({ rule, created, merged, linked, moved, cut }: IdentityChanges): IdentifyResult['outcome'] {
  if (moved.length > 0 || (rule === 'REASSIGN_LATEST' && cut.length > 0)) return 'REASSIGNED';
  if (created) return 'CREATED';
  if (merged.length > 0) return 'MERGED';
  return linked.length > 0 ? 'LINKED' : 'UNCHANGED';
}

/** Which of the given identifiers count, normalised; and why the others don't. */
function weigh(services: IdentifyServices, { identifiers, viewer }: IdentifyRequest, proven: readonly Identifier[]) {
  const provenKeys = new Set(proven.map(identifierKey));
  const accepted: Identifier[] = [];
  const rejected: RejectedIdentifier[] = [];
  for (const { type, value } of identifiers) {
    const format = services.identifierTypes.get(type);
    if (format === undefined) {
      rejected.push(rejection({ type, value }, 'UNKNOWN_TYPE'));
      continue;
    }
    const normalized = normalizeIdentifier(type, value, format, services.blockedValues);
    if (!normalized.ok) rejected.push(rejection({ type, value }, normalized.reason, normalized.message));
    else if (isTrusted(viewer)) accepted.push(normalized.identifier);
    else if (!provenKeys.has(identifierKey(normalized.identifier))) rejected.push(rejection({ type, value }, 'INSUFFICIENT_ASSURANCE'));
  }
  return { accepted, rejected };
}

/**
 * JSON in which equal values have equal texts: the properties of every object are sorted by name.
 * @param value a JSON value of bounded depth.
 */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
