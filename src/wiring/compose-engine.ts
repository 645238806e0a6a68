import { type CapturedType, RequestCapture } from '../capture/capture-request.ts';
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
import type { ClaimedIds } from '../identity/claimed-ids.ts';
import { CookieRotations } from '../identity/cookie-rotations.ts';
import { IdentityGraph } from '../identity/identity-graph.ts';
import { isChange } from '../identity/no-changes.ts';
import type { InteractionServices } from '../journey/capture-interactions.ts';
import { CustomerWatch } from '../journey/customer-watch.ts';
import type { IdentityChanges } from '../model/identity.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents, SettingStore, Store } from '../model/ports.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Source } from '../sources/source.ts';
import type { CompiledProject } from './compile-project.ts';

export interface EngineParts {
  readonly project: CompiledProject;
  readonly environment: Environment;
  /** Identifier types, strongest first, with what reads and writes their values. */
  readonly identifierTypes: ReadonlyMap<string, CapturedType>;
  /** Ids of claimed identifiers. */
  readonly claimedId: ClaimedIds;
  readonly store: Store;
  readonly live: LiveEvents;
  readonly sources: ReadonlyMap<string, Source>;
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/** What the resolvers and routes work with, put together. */
export function composeEngine({
  project,
  environment,
  identifierTypes,
  claimedId,
  store,
  live,
  sources,
  metrics,
  now,
}: EngineParts): Engine {
  const { config, keyTypes } = project;
  const { secrets, production } = environment;
  const touchpoints = new Touchpoints(config.touchpoints);
  const handoffs = new HandoffTokens(secrets, store, now);
  const onChange = (changes: IdentityChanges) => {
    for (const event of customerEvents(changes)) live.publish(event);
  };
  const telling = interactionServices(config, identifierTypes, touchpoints);
  return {
    ...telling,
    graph: new IdentityGraph(store, now, claimedId, onChange),
    rotations: new CookieRotations({ store, live, keys: secrets.keys('cookie-rotation'), onChange }),
    identityEvents: store,
    attributes: store,
    interactions: store,
    live,
    watch: new CustomerWatch(live, (open) => metrics.subscriptionsOpen(open)),
    capture: new RequestCapture(identifierTypes, telling.blockedValues, touchpoints, new VisitorCookie(secrets, production), handoffs),
    handoffs,
    recipients: new RecipientTokens(secrets, now),
    personTypes: new Set(Object.entries(config.identifiers).flatMap(([name, { class: of }]) => (of === 'person' ? [name] : []))),
    keyTypes,
    askableTypes: new Set([...keyTypes.values()].flatMap((types) => [...types])),
    sources,
    handoffParameter: captureRules(identifierTypes, touchpoints).find(({ kind }) => kind === 'handoff')?.name ?? null,
    guardServiceSdl: production && !config.production.introspection,
    cursorSecret: secrets.keys('list-cursor')[0],
    now,
    onCaptureRefused: (rule) => metrics.captureRefused(rule),
    onInteractions: (outcome, count) => metrics.interactionsReceived(outcome, count),
  };
}

/** What interactions go through at every way in. */
export function interactionServices(
  config: GatewayConfig,
  identifierTypes: ReadonlyMap<string, CapturedType>,
  touchpoints: Touchpoints,
): Omit<InteractionServices, 'interactions' | 'live' | 'now' | 'onInteractions'> {
  return {
    touchpoints,
    identifierTypes,
    blockedValues: new Set(config.blocked),
    interactionSchemas: new Map(Object.entries(config.interactions)),
    pageParameters: new PageParameters(captureRules(identifierTypes, touchpoints)),
  };
}

function captureRules(identifierTypes: ReadonlyMap<string, CapturedType>, touchpoints: Touchpoints): CaptureRule[] {
  return [...[...identifierTypes.values()].flatMap(({ capture }) => capture), ...touchpoints.rules];
}

/** What those who listen are told of a change: who may have become somebody else, and whose attributes are others. */
function customerEvents(changes: IdentityChanges): LiveEvent[] {
  const { attributed } = changes;
  if (attributed === null) return [identityEvent(changes)];
  const ofAttributes = { kind: 'customer', customerId: attributed, others: [], isIdentity: false } as const;
  if (!isChange(changes)) return [ofAttributes];
  return attributed === changes.customerId ? [identityEvent(changes)] : [identityEvent(changes), ofAttributes];
}

function identityEvent({ customerId, merged, aliases, moved, restored }: IdentityChanges) {
  const others = [...[...merged, ...aliases].map(({ id }) => id), ...moved.map(({ from }) => from), ...restored];
  return { kind: 'customer', customerId, others: [...new Set(others)].filter((id) => id !== customerId), isIdentity: true } as const;
}

/** Identifier types as capture reads and keeps them. @throws ProjectError where hashes were made with a secret that is gone. */
export async function identifierFormats(
  { identifiers, limits: { keyBytes } }: GatewayConfig,
  { secrets }: Environment,
  settings: SettingStore,
): Promise<Map<string, CapturedType>> {
  const types = Object.entries(identifiers);
  const hash = types.some(([, type]) => type.hash) ? await identifierHash(secrets, settings).catch(refuseToStart) : null;
  return new Map(
    types.map(([name, { normalize, region, capture, hash: isHashed }]) => [
      name,
      { normalize, region, keyBytes, capture, hash: isHashed && hash ? (value: string) => hash(name, value) : undefined },
    ]),
  );
}

function refuseToStart(error: Error): never {
  if (error instanceof TypeError) throw new ProjectError([{ where: 'GATEWAY_SECRET', message: error.message }]);
  throw error;
}
