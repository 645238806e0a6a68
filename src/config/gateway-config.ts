import { z } from 'zod';
import type { ViewerSettings } from '../capture/bearer-token.ts';
import { type CaptureRule, captureRuleSchema } from '../capture/capture-rule.ts';
import { type IdentifierFormat, NORMALIZERS, type Normalizer } from '../capture/normalize.ts';
import { CHANNELS, type Channel } from '../capture/touchpoints.ts';
import type { IdentityRules } from '../identity/identity-rules.ts';
import { DEFAULT_KEY_BYTES, IDENTIFIER_CLASSES, type IdentifierClass } from '../model/identifier.ts';
import { CONFLICT_POLICIES } from '../model/identity.ts';
import { type ByteSize, type Duration, parseByteSize, parseDuration, quantity } from '../model/quantity.ts';
import type { StandardSchema } from '../model/standard-schema.ts';
import { EXPECTED_STORE_URL, parseStoreUrl, type StoreUrl } from '../model/store-url.ts';
import { compileTrust, type TrustProxy } from '../model/trust-proxy.ts';
import { VIEWER_ROLES } from '../model/viewer.ts';

/** A name that can stand in a GraphQL document, a header and a log line. */
const NAME = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _, not beginning with a digit');

/** Milliseconds: ten minutes. Orchestrators end what takes longer. */
const MAX_DRAIN = 600_000;

const identifierSchema = z.strictObject({
  /** Names a human, a device, or one browser. */
  class: z.enum(IDENTIFIER_CLASSES),
  /** A customer has one value of it at most: the same as `limit: 1`. */
  unique: z.boolean().default(false),
  /** How many values of it a customer may have. */
  limit: z.number().int().positive().optional(),
  /** Only values last seen within so long of each other count together for the limit, for example `'90d'`; all when left out. */
  window: quantity<Duration>(parseDuration, "expected a duration such as '90d'", (milliseconds) => milliseconds > 0).optional(),
  /** Keeps only a keyed hash of each value: it recognises a customer, and no back end can be asked by it. */
  hash: z.boolean().default(false),
  /** Which values are equal: `'email'`, `'phone'` (E.164), `'lowercase'`, or a function to the one form they share. */
  normalize: z
    .union([z.enum(NORMALIZERS), z.custom<Exclude<Normalizer, string>>((value) => typeof value === 'function')], {
      error: `expected ${NORMALIZERS.map((name) => `'${name}'`).join(', ')} or a function`,
    })
    .optional(),
  /** For `normalize: 'phone'`: the country (ISO 3166-1 alpha-2) of numbers that come without a country code. */
  region: z.string().length(2).toUpperCase().optional(),
  /** Where on a request it is read; the first usable rule wins. */
  capture: z.array(captureRuleSchema).default([]),
});

/** Channels whose clients mostly keep no cookies: an anonymous visitor of theirs would be another one on every request. */
const WITHOUT_VISITORS: ReadonlySet<Channel> = new Set(['MOBILE', 'CALL_CENTRE', 'STORE']);

const touchpointFields = z.strictObject({
  /** The kind of place. */
  channel: z.enum(CHANNELS),
  /** The web origins of this touchpoint: requests from there are its, and browsers there may call the gateway with cookies. */
  origins: z
    .array(
      z
        .url({ protocol: /^https?$/ })
        .refine((url) => new URL(url).origin === url, 'expected an origin such as https://shop.example, without a path'),
    )
    .default([]),
  /** Who may use it. Anybody when left out. */
  viewers: z.array(z.enum(VIEWER_ROLES)).optional(),
  /**
   * Whether a request that proves nobody starts an anonymous visitor with a cookie of their own, by an `issuedCookie` rule.
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
  /** What the claim `iss` of a token must be; not checked when left out. */
  issuer: z.string().min(1).optional(),
  /** What the claim `aud` of a token must be or hold; not checked when left out. */
  audience: z.string().min(1).optional(),
  /** The URL of a JWK set, or the keys themselves. */
  jwks: z
    .union([z.url({ protocol: /^https?$/ }), z.array(z.looseObject({ kty: z.string() })).min(1)], {
      error: 'expected the URL of a JWK set, or a list of keys that have kty',
    })
    .transform((keys) => keys as Exclude<ViewerSettings['jwks'], undefined>)
    .optional(),
  /** The claim that holds `agent`, `service` or `admin`: a name, or a path with dots. */
  roleClaim: z.string().min(1).default('scope'),
});

const limitsSchema = z.strictObject({
  /** Levels of fields within fields. */
  depth: z.number().int().positive().default(15),
  /** Fields with an alias. */
  aliases: z.number().int().nonnegative().default(30),
  /** Fields at the root of an operation, those of fragments included. */
  rootFields: z.number().int().positive().default(20),
  /** Lexical tokens of the document. */
  tokens: z.number().int().positive().default(5_000),
  /** Uses of directives such as `@include`. */
  directives: z.number().int().nonnegative().default(50),
  /** How many identifiers a customer may have; beyond it, the oldest of the weakest class go. */
  identifiers: z.number().int().positive().default(50),
  /**
   * Bytes of UTF-8 that an identifier value, or another key of a data source, has at most. Room for any e-mail address (RFC
   * 5321: 254). At least the length of a hash that is kept of a value; at most what patterns look through quickly.
   */
  keyBytes: z.number().int().min(64).max(1_024).default(DEFAULT_KEY_BYTES),
  /** Size of a request's body, and of one WebSocket message. */
  bodyBytes: quantity<ByteSize>(parseByteSize, "expected a size such as '1MB'", (bytes) => bytes > 0).prefault('1MB'),
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
  /** Whether `/pixel.gif` takes identifiers that stand in its address as they are. Addresses are logged and passed on. */
  plaintextIdentifiers: z.boolean().default(false),
});

const productionSchema = z.strictObject({
  /** Whether production answers introspection. */
  introspection: z.boolean().default(false),
  /** Whether production serves Apollo Sandbox and GraphiQL. */
  ide: z.boolean().default(false),
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

/** What an owner may write in `gateway.config.ts`. */
export const gatewayConfigSchema = z.strictObject({
  /** What a customer can be recognised by, strongest first: the order is the priority. */
  identifiers: z.record(NAME, identifierSchema).refine((types) => Object.keys(types).length > 0, 'expected at least one identifier type'),
  /** Values that name nobody, beside the built-in ones such as `null` and `guest`; compared in lower case. */
  blocked: z
    .array(z.string().toLowerCase())
    .transform((values): ReadonlySet<string> => new Set(values))
    .prefault([]),
  /** What happens to identifiers seen together that one customer may not have together. */
  conflict: z.enum(CONFLICT_POLICIES).default('reassign-latest'),
  /** The places where customers meet the company, by name. */
  touchpoints: z.record(NAME, touchpointSchema).default({}),
  /** Who signs login tokens. */
  viewers: viewersSchema.prefault({}),
  /** What interactions must look like, by their type; any when left out. */
  interactions: z
    .record(z.string(), interactionSchema)
    .transform((types): ReadonlyMap<string, z.output<typeof interactionSchema>> => new Map(Object.entries(types)))
    .prefault({}),
  /** What `/pixel.gif` accepts. */
  pixel: pixelSchema.prefault({}),
  /** `sqlite:` and the file that holds customers and journeys; a relative path starts at the configuration's folder. */
  store: z
    .string()
    .refine((url) => parseStoreUrl(url) !== null, EXPECTED_STORE_URL)
    .transform((url) => parseStoreUrl(url) as StoreUrl)
    .prefault('sqlite:.data/gateway.db'),
  /** A Redis that the replicas share: the caches of data sources are there, encrypted. In this process when left out. */
  shared: z.url({ protocol: /^rediss?$/, error: 'expected a redis:// or rediss:// URL' }).optional(),
  /**
   * The proxies in front of the gateway whose `x-forwarded-*` headers are believed: how many, or their networks. `true` and
   * a number believe whoever connects, so nobody but the proxy may reach the gateway then.
   */
  trustProxy: trustProxySchema.transform(compileTrust).prefault(false),
  /**
   * How long the gateway goes on serving after SIGTERM while `/health/ready` says 503, so that load balancers look
   * elsewhere; `'5s'` in production and `'0s'` otherwise when left out.
   */
  drain: quantity<Duration>(
    parseDuration,
    "expected a duration of at most 10m such as '5s', or '0s' for none",
    (milliseconds) => milliseconds <= MAX_DRAIN,
  ).optional(),
  /** The profile schema's file; `schema.graphql` beside the configuration when left out. */
  schema: z.string().min(1).optional(),
  /** The folder of data adapters; `datasources` beside the configuration when left out. */
  dataSources: z.string().min(1).optional(),
  /** The file of resolvers; `resolvers.ts` beside the configuration, where there is one, when left out. */
  resolvers: z.string().min(1).optional(),
  /** What one request may ask for, and how large a customer may become. */
  limits: limitsSchema.prefault({}),
  /** What is served when `NODE_ENV=production`. */
  production: productionSchema.prefault({}),
});

/** What an owner writes. */
export type GatewayConfigInput = Omit<z.input<typeof gatewayConfigSchema>, 'identifiers' | 'touchpoints'> & {
  identifiers: Record<string, Omit<z.input<typeof identifierSchema>, 'capture'> & { capture?: readonly CaptureRule[] }>;
  touchpoints?: Record<
    string,
    Omit<z.input<typeof touchpointSchema>, 'capture'> & { capture?: Readonly<Record<string, readonly CaptureRule[]>> }
  >;
};

/** What an owner wrote, with every default filled in and each option parsed. */
export type WrittenConfig = z.output<typeof gatewayConfigSchema>;

/** An identifier type: how its values are read off requests, and which of them are equal. */
export interface IdentifierType extends Omit<IdentifierFormat, 'hash'> {
  readonly class: IdentifierClass;
  /** True where only a keyed hash of each value is kept. */
  readonly isHashed: boolean;
  /** Where on a request it is read; the first usable rule wins. */
  readonly capture: readonly CaptureRule[];
}

/**
 * The configuration in the form that the gateway works with: durations in milliseconds, sizes in bytes, nothing left to be
 * parsed. The store's path may be relative; it then starts at the configuration's folder.
 */
export interface GatewayConfig extends Omit<WrittenConfig, 'identifiers' | 'conflict'> {
  /** By name, strongest type first. */
  readonly identifiers: ReadonlyMap<string, IdentifierType>;
  /** What the identity graph does with identifiers: types, limits, conflict policy. */
  readonly identity: IdentityRules;
}

/** The whole configuration of a gateway; checked when it is loaded, with every problem at once. */
export function defineGateway(config: GatewayConfigInput): GatewayConfigInput {
  return config;
}
