import { yieldWhenLong } from '../batching/event-loop.ts';
import { provenOf } from '../capture/capture.ts';
import type { CaptureScope, CaptureSession } from '../capture/capture-session.ts';
import { consentOf } from '../capture/consent.ts';
import { type IdentifierFormat, type NormalizedIdentifier, normalizeIdentifier } from '../capture/normalize.ts';
import type { PageParameters } from '../capture/page-parameters.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import { causeOf, evidenceCause } from '../model/cause.ts';
import { onlyConfirmed } from '../model/confirmation.ts';
import type { CustomerId } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import { requireEventTime } from '../model/event-time.ts';
import type { Identifier } from '../model/identifier.ts';
import type { InteractionReceipt, InteractionToSave, NamedCustomer } from '../model/interaction.ts';
import type { InteractionStore, LiveEvents } from '../model/ports.ts';
import { isTrusted } from '../model/viewer.ts';
import { type InteractionInput, newInteractionId, parseInteraction, type Refusal, type RejectedInteraction } from './interaction-input.ts';
import { checkAgainst, type InteractionSchema } from './interaction-schema.ts';
import { saveInGroups } from './save-in-groups.ts';

export interface InteractionServices {
  readonly interactions: Pick<InteractionStore, 'saveInteractions'>;
  readonly live: LiveEvents;
  readonly touchpoints: Touchpoints;
  readonly pageParameters: PageParameters;
  /** By identifier type, strongest first. */
  readonly identifierTypes: ReadonlyMap<string, IdentifierFormat>;
  readonly blockedValues: ReadonlySet<string>;
  /** By interaction type. */
  readonly interactionSchemas: ReadonlyMap<string, InteractionSchema>;
  /** Names of the types by which a back end can be asked. */
  readonly askableTypes: ReadonlySet<string>;
  readonly now: () => Date;
  onInteractions(outcome: 'accepted' | 'duplicate' | 'rejected', count: number): void;
}

/** The sender of interactions: the request with which they were sent. */
export interface InteractionSender extends Pick<CaptureSession, 'request' | 'read'> {
  /** For error messages: the rules that could prove the customer. */
  readonly provingRules?: CaptureSession['provingRules'];
  /** The source of given identifiers; left out, `captureInteractions` with the role of the viewer. */
  readonly source?: string;
  /** When the identifiers were proven, if before the request. */
  readonly provenAt?: Date;
}

export interface CapturedInteractions {
  readonly accepted: number;
  /** Received before, so not stored again. */
  readonly duplicates: number;
  readonly rejected: readonly RejectedInteraction[];
  /** The customers of all stored and repeated interactions, each once. */
  readonly customerIds: readonly CustomerId[];
}

/** The field of the schema that is the cause of what is captured. */
const MUTATION = 'captureInteractions';

/** The type of notes about a customer, which nobody but a trusted viewer writes: an agent must be able to rely on them. */
const NOTE = 'note';
/** True in any spelling, such as `Note`: a type is read by people, and in the agent desktop these look the same. */
const isNote = (type: string): boolean => type.normalize('NFKC').toLowerCase().replace(NO_LETTER, '') === NOTE;
const NO_LETTER = /[^\p{L}\p{N}]/gu;
const NOTE_REFUSED = `type: expected another one than ${NOTE}; notes about a customer are for AGENT and SERVICE`;
const NAMED_TWICE = 'identifiers: expected none beside customerId, which says whose the interaction is';

/** The beginning of the types of responses to offers. The gateway learns from responses, so each needs the token of its offer. */
const RESPONSE_PREFIX = 'offer_';
const RESPONSE_REFUSED = `type: expected one that does not begin with ${RESPONSE_PREFIX}; a response to an offer is sent by the mutation respondToOffer`;

/** By whom interactions were sent, and whose all of them are; null to go by identifiers. */
interface Sent {
  readonly session: InteractionSender;
  readonly customer: NamedCustomer | null;
}

type Prepared = { readonly toSave: InteractionToSave } | { readonly refused: Refusal };

/**
 * Stores interactions; each valid record, even if others are rejected. An interaction belongs to the customer of its request,
 * or to the customer whose identifiers a SERVICE or AGENT gives. Claimed identifiers do not count: then it belongs to the
 * visitor. Without consent to store, every record is rejected as FORBIDDEN. Resolves when the accepted interactions are on disk.
 * @param records parsed JSON, or typed values.
 * @param customer whose all of them are, where a SERVICE or AGENT says so by id; null to go by identifiers.
 */
export async function captureInteractions(
  services: InteractionServices,
  records: readonly unknown[],
  session: InteractionSender,
  customer: NamedCustomer | null = null,
): Promise<CapturedInteractions> {
  if (!consentOf(session.request).mayStore) return withoutConsent(services, records);
  const prepared = await prepareAll(services, records, { session, customer });
  const toSave = prepared.flatMap((each) => ('toSave' in each ? [each.toSave] : []));
  const receipts = await saveInGroups(services, toSave);

  const rejected: RejectedInteraction[] = [];
  let next = 0;
  for (const [index, each] of prepared.entries()) {
    const refusal = 'refused' in each ? each.refused : refusalOf(receipts[next++] as InteractionReceipt);
    if (refusal !== null) rejected.push({ index, ...refusal });
  }
  const accepted = receipts.filter(({ outcome }) => outcome === 'stored').length;
  const duplicates = receipts.filter(({ outcome }) => outcome === 'duplicate').length;
  services.onInteractions('accepted', accepted);
  services.onInteractions('duplicate', duplicates);
  services.onInteractions('rejected', rejected.length);
  const customerIds = [...new Set(receipts.map(({ customerId }) => customerId))].filter((id) => id !== null);
  return { accepted, duplicates, rejected, customerIds };
}

function withoutConsent({ onInteractions }: InteractionServices, records: readonly unknown[]): CapturedInteractions {
  onInteractions('rejected', records.length);
  const refusal = { code: 'FORBIDDEN', message: 'the browser asks not to be tracked (Sec-GPC), so nothing is stored' } as const;
  return { accepted: 0, duplicates: 0, rejected: records.map((_, index) => ({ index, ...refusal })), customerIds: [] };
}

/** Records that are prepared at the same time, so that an owner's schemas can wait for something together. */
const AT_ONCE = 25;

/** In slices, so that other requests are served meanwhile: promises that are settled leave no turn of the event loop. */
async function prepareAll(services: InteractionServices, records: readonly unknown[], sent: Sent): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const group = records.slice(from, from + AT_ONCE).map((record) => prepare(services, record, sent));
    prepared.push(...(await Promise.all(group)));
    await yieldWhenLong();
  }
  return prepared;
}

async function prepare(services: InteractionServices, record: unknown, { session, customer }: Sent): Promise<Prepared> {
  const input = parseInteraction(record);
  if ('refused' in input) return input;
  if (input.type.startsWith(RESPONSE_PREFIX)) return { refused: { code: 'BAD_USER_INPUT', message: RESPONSE_REFUSED } };
  const { viewer } = session.request;
  if (!isTrusted(viewer) && isNote(input.type)) return { refused: { code: 'FORBIDDEN', message: NOTE_REFUSED } };
  if (customer !== null && (input.identifiers ?? []).length > 0) return { refused: { code: 'BAD_USER_INPUT', message: NAMED_TWICE } };
  try {
    const touchpoint =
      input.touchpoint == null ? session.request.touchpoint : services.touchpoints.use(input.touchpoint, session.request.viewer);
    const occurredAt = input.occurredAt ?? services.now();
    requireEventTime(occurredAt, services.now());
    const { properties, attributes } = { properties: input.properties ?? {}, attributes: input.attributes ?? {} };
    const checked = await checkAgainst(services.interactionSchemas.get(input.type), { properties, attributes });
    if ('refused' in checked) return checked;
    // The page of an agent or a server is not the page where their customer was.
    const pageUrl = input.pageUrl ?? (isTrusted(session.request.viewer) ? undefined : session.request.pageUrl);
    const seen =
      customer === null
        ? await identifiersOf(services, input, session, pageUrl, touchpoint)
        : { identifiers: [], customer, source: givenBy(session) };
    const kept = pageUrl === undefined ? null : services.pageParameters.strip(pageUrl);
    const proof = {
      ...seen,
      provenAt: session.provenAt ?? null,
      isVouchedFor: isTrusted(viewer),
      actor: isTrusted(viewer) ? causeOf(viewer, MUTATION).actor : null,
      ...onlyConfirmed(viewer, services.now(), services.askableTypes),
    };
    return {
      toSave: { id: input.id ?? newInteractionId(), type: input.type, touchpoint, occurredAt, pageUrl: kept, ...checked, ...proof },
    };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { refused: { code: error.code, message: error.message } };
  }
}

/** @throws GatewayError when there is no identifier to which the interaction could belong. */
async function identifiersOf(
  services: InteractionServices,
  { identifiers }: InteractionInput,
  session: InteractionSender,
  pageUrl: string | undefined,
  touchpoint: string | null,
): Promise<Pick<InteractionToSave, 'identifiers' | 'source'>> {
  const given = isTrusted(session.request.viewer) ? usable(services, identifiers ?? []) : [];
  const captured = provenOf(await session.read({ pageUrl, touchpoint }));
  // An identifier that a trusted viewer gives replaces the one of that type on the viewer's own request.
  const proven = captured.filter(({ type }) => !given.some((identifier) => identifier.type === type));
  const all = [...given, ...proven.map(({ type, value }) => ({ type, value }))];
  if (all.length === 0) throw unidentified(services, session, { pageUrl, touchpoint }, identifiers ?? []);
  return { identifiers: all, source: given.length > 0 ? givenBy(session) : evidenceCause(proven).source };
}

/** The source of an interaction of which a trusted viewer says whose it is. */
function givenBy({ source, request }: InteractionSender): string {
  return source ?? causeOf(request.viewer, MUTATION).source;
}

/** The given identifiers, normalised, without placeholders and invalid values. @throws GatewayError for a type that is not configured. */
function usable(services: InteractionServices, given: readonly Identifier[]): Identifier[] {
  return given.flatMap((identifier) => {
    const normalized = normalize(services, identifier);
    return normalized.ok ? [normalized.identifier] : [];
  });
}

function normalize({ identifierTypes, blockedValues }: InteractionServices, { type, value }: Identifier): NormalizedIdentifier {
  const format = identifierTypes.get(type);
  if (format !== undefined) return normalizeIdentifier(type, value, format, blockedValues);
  const known = [...identifierTypes.keys()].join(', ');
  throw new GatewayError('BAD_USER_INPUT', `identifiers: expected types out of ${known}; received ${JSON.stringify(type.slice(0, 60))}`);
}

/** The error for an interaction without any identifier. @param given identifiers that the sender named; none is usable. */
function unidentified(
  services: InteractionServices,
  session: InteractionSender,
  scope: CaptureScope,
  given: readonly Identifier[],
): GatewayError {
  if (isTrusted(session.request.viewer)) {
    const reasons = new Set(given.map((identifier) => normalize(services, identifier)).flatMap((each) => (each.ok ? [] : [each.message])));
    const received = given.length === 0 ? 'none' : `${given.length} that name nobody (${[...reasons].join('; ')})`;
    return new GatewayError(
      'BAD_USER_INPUT',
      `identifiers: expected at least one that says whose the interaction is, received ${received}`,
    );
  }
  const details = { required: 'RECOGNIZED', actual: 'ANONYMOUS' };
  const rules = session.provingRules?.(scope).join(', ') || 'none configured for it';
  const message = `expected proof of whose the interaction is, by one of the capture rules: ${rules}; the request has none`;
  return new GatewayError('INSUFFICIENT_ASSURANCE', message, details);
}

const ERASED: Refusal = { code: 'NOT_FOUND', message: 'its customer was erased, and the interaction is not newer than that' };
/** One identifier alone says whose the interaction is, and changes nobody's identity. */
const UNCONFIRMED: Refusal = {
  code: 'INSUFFICIENT_ASSURANCE',
  message:
    'identifiers: expected one identifier, or customers whom the agent confirmed (confirmIdentity), since several identifiers are linked; received several, of a customer who is not',
};

function refusalOf({ outcome }: InteractionReceipt): Refusal | null {
  switch (outcome) {
    case 'stored':
    case 'duplicate':
      return null;
    case 'erased':
      return ERASED;
    case 'unconfirmed':
      return UNCONFIRMED;
  }
}
