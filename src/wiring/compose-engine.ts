import { FairTurns } from '../batching/fair-turns.ts';
import type { CapturedType } from '../capture/capture.ts';
import { RequestCapture } from '../capture/capture-request.ts';
import type { CaptureRule } from '../capture/capture-rule.ts';
import { HandoffTokens } from '../capture/handoff-token.ts';
import { identifierHash } from '../capture/identifier-hash.ts';
import { PageParameters } from '../capture/page-parameters.ts';
import { RecipientTokens } from '../capture/recipient-token.ts';
import { Touchpoints } from '../capture/touchpoints.ts';
import { VisitorCookie } from '../capture/visitor-cookie.ts';
import type { Environment } from '../config/environment.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { ProjectError } from '../config/problem.ts';
import type { Engine } from '../graphql/engine.ts';
import { AnsweredEvents } from '../graphql/execution/event-reads.ts';
import type { ClaimedIds } from '../identity/claimed-ids.ts';
import { CookieRotations } from '../identity/cookie-rotations.ts';
import { IdentityGraph } from '../identity/identity-graph.ts';
import { personTypesOf } from '../identity/identity-rules.ts';
import { isChange, losersOf } from '../identity/no-changes.ts';
import type { InteractionServices } from '../journey/capture-interactions.ts';
import { CustomerWatch } from '../journey/customer-watch.ts';
import type { IdentityChanges } from '../model/identity.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents, SettingStore, Store } from '../model/ports.ts';
import type { ChoiceKeys } from '../offers/choosing/choice-keys.ts';
import { OperationBounds } from '../sources/operation-budget.ts';
import type { Source } from '../sources/source.ts';
import { composeOffers } from './compose-offers.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Events that are answered at the same time. Those of one viewer or customer may wait for each other's back ends; of all together
 * there are so many that slow back ends of one do not hold up the others.
 */
const EVENT_TURNS = { perOwner: 2, inAll: 64 } as const;

/**
 * One preview at a time: each counts all interactions that would change their customer, on the thread that others' long reads wait
 * for too. So these wait for one preview, however many an agent asks for at once, and so does another agent's preview.
 */
const PREVIEW_TURNS = { perOwner: 1, inAll: 1 } as const;

export interface EngineParts {
  /** Identifier types, strongest first, each with its capture rules and its hash. */
  readonly identifierTypes: ReadonlyMap<string, CapturedType>;
  readonly claimedId: ClaimedIds;
  readonly choiceKeys: ChoiceKeys;
  readonly store: Store;
  readonly live: LiveEvents;
  readonly sources: ReadonlyMap<string, Source>;
}

/** Makes the services that resolvers and routes use. */
export function composeEngine(surroundings: Surroundings, parts: EngineParts): Engine {
  const { project, environment, metrics, now } = surroundings;
  const { identifierTypes, claimedId, choiceKeys, store, live, sources } = parts;
  const { config, keyTypes } = project;
  const { secrets, production } = environment;
  const touchpoints = new Touchpoints(config.touchpoints);
  const handoffs = new HandoffTokens(secrets, store, now);
  const onChange = (changes: IdentityChanges) => {
    for (const event of customerEvents(changes)) live.publish(event);
  };
  const askableTypes = new Set([...keyTypes.values()].flatMap((types) => [...types]));
  const interactions = { ...interactionServices(config, identifierTypes, touchpoints), askableTypes };
  const watch = new CustomerWatch(live, (open) => metrics.subscriptionsOpen(open), { now });
  metrics.showWaitingEvents(() => watch.waiting);
  const graph = new IdentityGraph(store, now, claimedId, onChange);
  const onInteractions: Engine['onInteractions'] = (outcome, count) => metrics.interactionsReceived(outcome, count);
  return {
    ...interactions,
    graph,
    offers: composeOffers(surroundings, { store, keys: choiceKeys, graph, interactions: { ...interactions, live, onInteractions } }),
    rotations: new CookieRotations({ store, live, keys: secrets.keys('cookie-rotation'), onChange }),
    identityEvents: store,
    attributes: store,
    interactions: store,
    live,
    watch,
    eventTurns: new FairTurns(EVENT_TURNS),
    answeredEvents: new AnsweredEvents(),
    previewTurns: new FairTurns(PREVIEW_TURNS),
    capture: new RequestCapture(identifierTypes, interactions.blockedValues, touchpoints, new VisitorCookie(secrets, production), handoffs),
    handoffs,
    recipients: new RecipientTokens(secrets, now),
    personTypes: personTypesOf(config.identity),
    profile: project.profile,
    keyTypes,
    sources,
    handoffParameter: captureRules(identifierTypes, touchpoints).find(({ kind }) => kind === 'handoff')?.name ?? null,
    guardServiceSdl: production && !config.production.introspection,
    cursorSecret: secrets.keys('list-cursor')[0],
    bounds: new OperationBounds(config.limits),
    now,
    onCaptureRefused: (rule) => metrics.captureRefused(rule),
    onInteractions,
  };
}

/** What interactions are checked and resolved with; the same for HTTP, GraphQL and the import. */
export function interactionServices(
  config: GatewayConfig,
  identifierTypes: ReadonlyMap<string, CapturedType>,
  touchpoints: Touchpoints,
): Omit<InteractionServices, 'interactions' | 'live' | 'now' | 'onInteractions' | 'askableTypes'> {
  return {
    touchpoints,
    identifierTypes,
    blockedValues: config.blocked,
    interactionSchemas: config.interactions,
    pageParameters: new PageParameters(captureRules(identifierTypes, touchpoints)),
  };
}

function captureRules(identifierTypes: ReadonlyMap<string, CapturedType>, touchpoints: Touchpoints): CaptureRule[] {
  return [...[...identifierTypes.values()].flatMap(({ capture }) => capture), ...touchpoints.rules];
}

/**
 * The live events of a change: one for the customers whose identity may have changed, one for each customer who lost an identifier
 * and stays one of their own, and one for the customer whose attributes changed.
 */
function customerEvents(changes: IdentityChanges): LiveEvent[] {
  const { attributed } = changes;
  const changed = new Set(losersOf(changes));
  if (attributed !== null && !(isChange(changes) && attributed === changes.customerId)) changed.add(attributed);
  const ofOthers = [...changed].map((customerId) => ({ kind: 'customer', customerId, others: [], isIdentity: false }) as const);
  return attributed !== null && !isChange(changes) ? ofOthers : [identityEvent(changes), ...ofOthers];
}

function identityEvent({ customerId, merged, aliases, moved, restored }: IdentityChanges) {
  const others = [...[...merged, ...aliases].map(({ id }) => id), ...moved.map(({ from }) => from), ...restored];
  return { kind: 'customer', customerId, others: [...new Set(others)].filter((id) => id !== customerId), isIdentity: true } as const;
}

/** Identifier types with their hash. @throws ProjectError where stored hashes were made with a secret that is no longer given. */
export async function identifierFormats(
  { identifiers }: GatewayConfig,
  { secrets }: Environment,
  settings: SettingStore,
): Promise<Map<string, CapturedType>> {
  const types = [...identifiers];
  const hash = types.some(([, { isHashed }]) => isHashed) ? await identifierHash(secrets, settings).catch(refuseToStart) : null;
  return new Map(
    types.map(([name, type]) => [name, { ...type, hash: type.isHashed && hash ? (value: string) => hash(name, value) : undefined }]),
  );
}

function refuseToStart(error: Error): never {
  if (error instanceof TypeError) throw new ProjectError([{ where: 'GATEWAY_SECRET', message: error.message }]);
  throw error;
}
