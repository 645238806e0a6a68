import type { GraphQLSchema } from 'graphql';
import type { DataAdapter } from '../adapters/data-adapter.ts';
import { configWarnings } from '../config/config-warnings.ts';
import { USUAL_NAME } from '../config/desktop-settings.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Project } from '../config/load-project.ts';
import { type Problem, ProjectError } from '../config/problem.ts';
import type { ManifestDocument } from '../config/read-manifest.ts';
import { offerTitles, sourceKeys } from '../graphql/desktop/layout-facts.ts';
import { type LayoutRules, type MadeLayout, makeLayout } from '../graphql/desktop/make-layout.ts';
import type { ProfileLayout } from '../graphql/desktop/profile-layout.ts';
import { checkTrusted } from '../graphql/execution/check-trusted.ts';
import { OwnResolvers } from '../graphql/own-resolvers/own-resolvers.ts';
import { Customer, IdentityEvent, Node, resolveCustomerReference } from '../graphql/resolvers/customer.ts';
import { Interaction, Session } from '../graphql/resolvers/interaction.ts';
import { MASKING } from '../graphql/resolvers/masking.ts';
import { Mutation } from '../graphql/resolvers/mutation.ts';
import { OfferDecision, OfferExplanation } from '../graphql/resolvers/offer.ts';
import { Query } from '../graphql/resolvers/query.ts';
import { Subscription } from '../graphql/resolvers/subscription.ts';
import { buildSchema, publicSdl, type ResolverMap } from '../graphql/schema/build-schema.ts';
import { profileOf, readOwnerSchema } from '../graphql/schema/owner-schema.ts';
import type { SchemaVocabulary } from '../graphql/schema/vocabulary.ts';
import type { Trait } from '../model/trait.ts';
import { offerWarnings } from '../offers/definition/check-offers.ts';
import type { CompiledOffers } from '../offers/definition/compiled-offers.ts';
import { BUILT_IN_SOURCES } from '../profile/field-binding.ts';
import { type KeyNormalizers, keyNormalizers } from '../profile/key-normalizers.ts';
import { type KeyTypes, keyTypesOf } from '../profile/key-types.ts';
import type { Profile } from '../profile/profile.ts';

/** A project without a problem, ready to run. */
export interface CompiledProject {
  readonly directory: string;
  readonly config: GatewayConfig;
  readonly dataSources: ReadonlyMap<string, DataAdapter>;
  readonly keyTypes: KeyTypes;
  readonly keyNormalizers: KeyNormalizers;
  /** The traits that fields with `@computed` need. */
  readonly traits: readonly Trait[];
  readonly schema: GraphQLSchema;
  /** Trusted documents, valid and within the limits; null if no manifest is configured. */
  readonly documents: readonly ManifestDocument[] | null;
  /** The fields that sources answer, and who may see them. */
  readonly profile: Profile;
  /** What the agent desktop gets to know of the schema. */
  readonly desktop: ProfileLayout;
  /** Offers, placements and audiences; null if there are neither placements nor audiences. */
  readonly offers: CompiledOffers | null;
  /** The schema as clients see it, without the owner's directives. */
  readonly publicSdl: string;
  /** Settings that are allowed and likely to be mistakes. */
  readonly warnings: readonly Problem[];
}

/** @throws ProjectError with everything that is wrong with configuration, data sources and schema. */
export async function compileProject(project: Project): Promise<CompiledProject> {
  const problems: Problem[] = [...project.problems];
  const report = (problem: Problem) => problems.push(problem);
  for (const name of project.dataSources.keys()) {
    if (BUILT_IN_SOURCES.has(name))
      report({ where: `data source ${name}`, message: 'expected another file name: a built-in source has this one' });
  }
  checkSearches(project, report);
  const owner = project.schema && readOwnerSchema(project.schema.file, project.schema.text, vocabularyOf(project), report);
  const profile = owner && profileOf(owner);
  const own = owner && profile && new OwnResolvers(owner, profile).byType();
  const schema =
    owner &&
    own &&
    buildSchema(owner, resolversFor(project), own, (problem) => report({ ...problem, where: project.schema?.file ?? problem.where }));
  if (schema && project.config) checkDocuments(project.documents, { schema, limits: project.config.limits }, report);
  const { compileOffers } = hasOffers(project) ? await import('../offers/definition/compile-offers.ts') : NO_OFFERS;
  const offers = schema && profile && project.config && compileOffers({ ...project, config: project.config }, schema, profile, report);
  const made =
    schema &&
    profile &&
    project.config &&
    layoutOf(project.config, { schema, profile, searchable: searchableIn(project) }, offers ?? null, project.configFile, report);
  if (problems.length > 0 || !owner || !made || !profile || !schema || !project.config) throw new ProjectError(problems);
  const { directory, config, dataSources } = project;
  const cut = made.cut === null ? [] : [{ where: `${project.configFile}: agentDesktop`, message: made.cut }];
  return {
    directory,
    config,
    dataSources,
    keyTypes: keyTypesOf(owner.bindings.values(), dataSources, new Set(config.identifiers.keys())),
    // Without the hash: no source has a key of a hashed type.
    keyNormalizers: keyNormalizers(config.identifiers, config.blocked),
    traits: owner.traits,
    schema,
    documents: config.documents.file === undefined ? null : project.documents,
    profile,
    desktop: made.layout,
    offers: offers ?? null,
    publicSdl: publicSdl(owner),
    warnings: [...configWarnings(project.configFile, config), ...cut, ...offerWarnings({ ...project, config }, new Date())],
  };
}

/** Found keys become customers by the identifier type of the source's keys. */
function checkSearches({ config, dataSources }: Project, report: (problem: Problem) => void): void {
  for (const [name, { search, key }] of dataSources) {
    if (search === undefined || config === null) continue;
    const type = key === undefined ? undefined : config.identifiers.get(key);
    if (type !== undefined && !type.isHashed) continue;
    const usable = [...config.identifiers].filter(([, { isHashed }]) => !isHashed).map(([each]) => each);
    report({
      where: `data source ${name}`,
      message: `search: expected a source whose key is an identifier type that is not hashed (${usable.join(', ')}), its key is ${key ?? 'not set'}`,
    });
  }
}

/** How many sources a search of customers asks. */
export function searchableIn({ dataSources }: Pick<Project, 'dataSources'>): number {
  return [...dataSources.values()].filter(({ search }) => search !== undefined).length;
}

/** Without any, the compiler of rules is not loaded: that alone would take 40 ms of a start. */
function hasOffers({ config, offers }: Project): boolean {
  return config !== null && config.placements.size + config.audiences.size + offers.length > 0;
}

const NO_OFFERS = { compileOffers: () => null };

/** What the agent desktop gets to know of this schema. A name that the owner chose must be a field. */
function layoutOf(
  { agentDesktop, identifiers, touchpoints, limits, viewers }: GatewayConfig,
  rules: Omit<LayoutRules, 'limits'>,
  compiled: CompiledOffers | null,
  file: string,
  report: (problem: Problem) => void,
): MadeLayout {
  const { methods, outcomes, examples, placement, touchpoint, name } = agentDesktop;
  const classes = [...identifiers].map(([type, { class: of, normalize }]) => ({
    type,
    class: of,
    ...((normalize === 'email' || normalize === 'phone') && { form: normalize }),
  }));
  const channels = Object.entries(touchpoints).map(([each, { channel }]) => ({ name: each, channel }));
  const { agentsConfirm } = viewers;
  const common = { methods, outcomes, examples, placement, touchpoint, agentsConfirm, identifiers: classes, touchpoints: channels };
  const made = makeLayout({ ...common, offers: offerTitles(compiled), keys: sourceKeys(rules.profile), name }, { ...rules, limits });
  if (name !== USUAL_NAME && made.layout.name === null && made.cut === null) {
    const known = made.layout.facts.map(({ path }) => path).join(', ') || 'there is none';
    const message = `expected a field of Customer with a single value that AGENT may see (${known}), received ${JSON.stringify(name)}`;
    report({ where: `${file}: agentDesktop.name`, message });
  }
  return made;
}

function checkDocuments(
  documents: readonly ManifestDocument[],
  rules: Parameters<typeof checkTrusted>[1],
  report: (problem: Problem) => void,
): void {
  for (const { where, text } of documents) for (const message of checkTrusted(text, rules)) report({ where, message });
}

function vocabularyOf({ config, dataSources, brokenDataSources, resolvers }: Project): SchemaVocabulary {
  return {
    sources: dataSources,
    brokenSources: brokenDataSources,
    identifierTypes: config && new Set(config.identifiers.keys()),
    hashedTypes: new Set([...(config?.identifiers ?? [])].flatMap(([name, { isHashed }]) => (isHashed ? [name] : []))),
    resolvers,
  };
}

/** Fields that mask identifiers have resolvers only where agents must confirm: everywhere else they would cost time for nothing. */
function resolversFor({ config }: Project): ResolverMap {
  if (config?.viewers.agentsConfirm !== true) return RESOLVERS as ResolverMap;
  const types = new Set([...Object.keys(RESOLVERS), ...Object.keys(MASKING)]);
  const of = (type: string) => ({ ...(RESOLVERS as Types)[type], ...(MASKING as Types)[type] });
  return Object.fromEntries([...types].map((type) => [type, of(type)])) as ResolverMap;
}

type Types = Readonly<Record<string, object>>;

/** Resolvers of the engine's own fields. The executor reads the fields of the owner's schema from their sources. */
const RESOLVERS = {
  Query,
  Mutation,
  Subscription,
  Interaction,
  OfferDecision,
  OfferExplanation,
  Session,
  Node,
  IdentityEvent,
  Customer: { ...Customer, __resolveReference: resolveCustomerReference },
};
