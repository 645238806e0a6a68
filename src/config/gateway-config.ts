import { z } from 'zod';
import type { ViewerSettings } from '../capture/bearer-token.ts';
import { type CaptureRule, captureRuleSchema } from '../capture/capture-rule.ts';
import { type IdentifierFormat, NORMALIZERS, type Normalizer } from '../capture/normalize.ts';
import { CHANNELS, type Channel } from '../capture/touchpoints.ts';
import type { IdentityRules } from '../identity/identity-rules.ts';
import { IDENTIFIER_CLASSES, type IdentifierClass } from '../model/identifier.ts';
import { CONFLICT_POLICIES } from '../model/identity.ts';
import type { Placement } from '../model/offer.ts';
import { type Duration, parseDuration, quantity } from '../model/quantity.ts';
import type { StandardSchema } from '../model/standard-schema.ts';
import { compileTrust, type TrustProxy } from '../model/trust-proxy.ts';
import { VIEWER_ROLES } from '../model/viewer.ts';
import { type DesktopConfig, desktopSchema } from './desktop-settings.ts';
import { documentsSchema } from './documents.ts';
import { limitsSchema } from './limits.ts';
import { audiencesSchema, decisionsSchema, placementsSchema, retentionSchema } from './offer-settings.ts';
import { storeSchema } from './store-setting.ts';
import { webOrigin } from './web-origin.ts';

/** A name that can be written in a GraphQL document, a header and a log line. */
const NAME = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _, not beginning with a digit');

/** Milliseconds: ten minutes. Orchestrators kill a process that takes longer. */
const MAX_DRAIN = 600_000;

const identifierSchema = z.strictObject({
  /** What it names: a person, a device or one browser. */
  class: z.enum(IDENTIFIER_CLASSES),
  /** True if a customer has at most one value of it, the same as `limit: 1`. */
  unique: z.boolean().default(false),
  /** How many values of it a customer may have. */
  limit: z.number().int().positive().optional(),
  /** The limit counts only values that were last seen within this time of each other, for example `'90d'`. All if not given. */
  window: quantity<Duration>(parseDuration, "expected a duration such as '90d'", (milliseconds) => milliseconds > 0).optional(),
  /** True to store only a keyed hash of each value. It still recognises a customer, but no back end can be asked by it. */
  hash: z.boolean().default(false),
  /** The form in which values are compared: `'email'`, `'phone'` (E.164), `'lowercase'`, or a function that makes it. */
  normalize: z
    .union([z.enum(NORMALIZERS), z.custom<Exclude<Normalizer, string>>((value) => typeof value === 'function')], {
      error: `expected ${NORMALIZERS.map((name) => `'${name}'`).join(', ')} or a function`,
    })
    .optional(),
  /** For `normalize: 'phone'`: the country (ISO 3166-1 alpha-2) of numbers without a country code. */
  region: z.string().length(2).toUpperCase().optional(),
  /** Where on a request it is read; the first usable rule wins. */
  capture: z.array(captureRuleSchema).default([]),
});

/** Channels whose clients usually keep no cookies, so that every request would start another anonymous visitor. */
const WITHOUT_VISITORS: ReadonlySet<Channel> = new Set(['MOBILE', 'CALL_CENTRE', 'STORE']);

const touchpointFields = z.strictObject({
  /** The kind of touchpoint. */
  channel: z.enum(CHANNELS),
  /** The web origins of this touchpoint. A request from one belongs to it, and browsers there may call the gateway with cookies. */
  origins: z.array(webOrigin).default([]),
  /** The viewers that may use it. Anybody if not given. */
  viewers: z.array(z.enum(VIEWER_ROLES)).optional(),
  /**
   * Whether a request that proves no customer starts an anonymous visitor, whose cookie an `issuedCookie` rule sets.
   * False by default for the channels MOBILE, CALL_CENTRE and STORE, true for the others.
   */
  visitors: z.boolean().optional(),
  /** Capture rules of its own, by identifier type; tried before the type's. */
  capture: z.record(z.string(), z.array(captureRuleSchema)).default({}),
});

const touchpointSchema = touchpointFields.transform((touchpoint) => ({
  ...touchpoint,
  visitors: touchpoint.visitors ?? !WITHOUT_VISITORS.has(touchpoint.channel),
}));

const viewersSchema = z.strictObject({
  /** The expected claim `iss` of a token; not checked if not given. */
  issuer: z.string().min(1).optional(),
  /** The expected claim `aud` of a token, or one of its entries; of one without `aud`, its `client_id`. Not checked if not given. */
  audience: z.string().min(1).optional(),
  /** The URL of a JWK set, or the keys themselves. */
  jwks: z
    .union([z.url({ protocol: /^https?$/ }), z.array(z.looseObject({ kty: z.string() })).min(1)], {
      error: 'expected the URL of a JWK set, or a list of keys that have kty',
    })
    .transform((keys) => keys as Exclude<ViewerSettings['jwks'], undefined>)
    .optional(),
  /** The claim with `agent`, `service` or `admin`: a name, or a path with dots. */
  roleClaim: z.string().min(1).default('scope'),
  /** Whether a customer whom an agent looks up is VERIFIED for this agent only after `confirmIdentity`. */
  agentsConfirm: z.boolean().default(false),
});

/** Anything that implements Standard Schema: Zod, Valibot, ArkType, … */
const standardSchema = z.custom<StandardSchema>(
  (value) =>
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as Partial<StandardSchema>)['~standard']?.validate === 'function',
  'expected a schema such as z.object({ … })',
);

const interactionSchema = z.union(
  [
    standardSchema.transform((properties) => ({ properties, attributes: undefined })),
    z.strictObject({ properties: standardSchema.optional(), attributes: standardSchema.optional() }),
  ],
  { error: 'expected a schema of its properties such as z.object({ … }), or { properties, attributes } with a schema for each' },
);

const pixelSchema = z.strictObject({
  /** Whether `/pixel.gif` accepts unencrypted identifiers in its address. Servers on the way log addresses. */
  plaintextIdentifiers: z.boolean().default(false),
});

const productionSchema = z.strictObject({
  /** Whether production answers introspection. */
  introspection: z.boolean().default(false),
  /** Whether production serves Apollo Sandbox and GraphiQL. */
  ide: z.boolean().default(false),
});

const managementSchema = z.strictObject({
  /** The port of `/health/live`, `/health/ready` and `/metrics`. 0 means any free one. */
  port: z.number().int().min(0).max(65_535),
  /** The address to listen on; that of the gateway itself if not given. */
  host: z.string().min(1).optional(),
});

const trustProxySchema = z.custom<TrustProxy>((value) => {
  const isList = Array.isArray(value) && value.length > 0 && value.every((network) => typeof network === 'string');
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  if (!isList && !isCount && !['boolean', 'string', 'function'].includes(typeof value)) return false;
  try {
    compileTrust(value as TrustProxy);
    return true;
  } catch {
    return false;
  }
}, "expected a number of proxies such as 1, their networks such as '10.0.0.0/8' or ['loopback', '192.0.2.7'], true, false or a function");

/** All options of `gateway.config.ts`. */
export const gatewayConfigSchema = z.strictObject({
  /** The types of identifiers that customers are recognised by, strongest first: the order is the priority. */
  identifiers: z.record(NAME, identifierSchema).refine((types) => Object.keys(types).length > 0, 'expected at least one identifier type'),
  /** Placeholder values, in addition to the built-in ones such as `null` and `guest`; compared in lower case. */
  blocked: z
    .array(z.string().toLowerCase())
    .transform((values): ReadonlySet<string> => new Set(values))
    .prefault([]),
  /** What happens to identifiers that were seen together but that one customer may not have together. */
  conflict: z.enum(CONFLICT_POLICIES).default('reassign-latest'),
  /** Where customers meet the company, by name. */
  touchpoints: z.record(NAME, touchpointSchema).default({}),
  /** Who signs login tokens. */
  viewers: viewersSchema.prefault({}),
  /** The schemas of interactions, by type; any interaction is accepted if not given. */
  interactions: z
    .record(z.string(), interactionSchema)
    .transform((types): ReadonlyMap<string, z.output<typeof interactionSchema>> => new Map(Object.entries(types)))
    .prefault({}),
  /** What `/pixel.gif` accepts. */
  pixel: pixelSchema.prefault({}),
  /**
   * Where customers and journeys are stored: `sqlite:` and a file, whose relative path starts at the configuration's folder, or the
   * URL of a PostgreSQL database, which several gateways can use together.
   */
  store: storeSchema.prefault('sqlite:.data/gateway.db'),
  /** A Redis that replicas share, for caches of data sources and live events, encrypted. If not given, both are in this process. */
  shared: z.url({ protocol: /^rediss?$/, error: 'expected a redis:// or rediss:// URL' }).optional(),
  /**
   * The proxies in front of the gateway whose `x-forwarded-*` headers are trusted: how many, or their networks. With `true` or a
   * number, the headers of any client that connects are trusted, so only the proxy must be able to reach the gateway.
   * If not given, none is trusted, and in production a warning says what that means.
   */
  trustProxy: trustProxySchema.transform(compileTrust).optional(),
  /** A server of its own for probes and metrics, which clients can't reach. If not given, they are on the gateway's port. */
  management: managementSchema.optional(),
  /**
   * How long the gateway serves after SIGTERM while `/health/ready` answers 503, so that load balancers use other replicas.
   * If not given, `'5s'` in production and `'0s'` otherwise.
   */
  drain: quantity<Duration>(
    parseDuration,
    "expected a duration of at most 10m such as '5s', or '0s' for none",
    (milliseconds) => milliseconds <= MAX_DRAIN,
  ).optional(),
  /** The profile schema's file; `schema.graphql` beside the configuration if not given. */
  schema: z.string().min(1).optional(),
  /** The folder of data adapters; `datasources` beside the configuration if not given. */
  dataSources: z.string().min(1).optional(),
  /** The file of resolvers. If not given, `resolvers.ts` beside the configuration, if it exists. */
  resolvers: z.string().min(1).optional(),
  /** The folder of offers; `offers` beside the configuration if not given. */
  offers: z.string().min(1).optional(),
  /** The placements where offers are shown, by name. Without any, nothing is decided. */
  placements: placementsSchema.prefault({}),
  /** Named rules (CEL): the customers for whom a rule is true are its audience. */
  audiences: audiencesSchema.prefault({}),
  /** How offers are chosen. */
  decisions: decisionsSchema.prefault({}),
  /** How long something is kept. */
  retention: retentionSchema.prefault({}),
  /** Which GraphQL documents run, and how clients name them. */
  documents: documentsSchema.prefault({}),
  /** Limits of one request, and of the identifiers of one customer. */
  limits: limitsSchema.prefault({}),
  /** The agent desktop, at `/agent`. */
  agentDesktop: desktopSchema.prefault({}),
  /** What is also served when `NODE_ENV=production`. */
  production: productionSchema.prefault({}),
});

/** The configuration as an owner writes it. */
export type GatewayConfigInput = Omit<z.input<typeof gatewayConfigSchema>, 'identifiers' | 'touchpoints'> & {
  identifiers: Record<string, Omit<z.input<typeof identifierSchema>, 'capture'> & { capture?: readonly CaptureRule[] }>;
  touchpoints?: Record<
    string,
    Omit<z.input<typeof touchpointSchema>, 'capture'> & { capture?: Readonly<Record<string, readonly CaptureRule[]>> }
  >;
};

/** The written configuration with every default, and with each option parsed. */
export type WrittenConfig = z.output<typeof gatewayConfigSchema>;

/** An identifier type: how its values are read from requests, and which of them are equal. */
export interface IdentifierType extends Omit<IdentifierFormat, 'hash'> {
  readonly class: IdentifierClass;
  /** True if only a keyed hash of each value is stored. */
  readonly isHashed: boolean;
  /** Where on a request it is read; the first usable rule wins. */
  readonly capture: readonly CaptureRule[];
}

/**
 * The configuration in the form that the gateway uses: durations in milliseconds, sizes in bytes, no text to be parsed again.
 * A relative path of the store starts at the configuration's folder.
 */
export interface GatewayConfig extends Omit<WrittenConfig, 'identifiers' | 'conflict' | 'placements' | 'audiences' | 'agentDesktop'> {
  /** By name, strongest type first. */
  readonly identifiers: ReadonlyMap<string, IdentifierType>;
  /** The rules of the identity graph: types, limits, conflict policy. */
  readonly identity: IdentityRules;
  /** By name. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** The text of each rule, by name. */
  readonly audiences: ReadonlyMap<string, string>;
  readonly agentDesktop: DesktopConfig;
}

/** Types the configuration of a gateway. It is checked when it is loaded, and all problems are reported at once. */
export function defineGateway(config: GatewayConfigInput): GatewayConfigInput {
  return config;
}
