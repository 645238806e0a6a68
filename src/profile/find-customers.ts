import { MAX_FOUND, SEARCH_TEXT } from '../adapters/search-keys.ts';
import { isNothing } from '../adapters/values.ts';
import { normalizeIdentifier } from '../capture/normalize.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { checkText } from '../model/check-text.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import { GatewayError, SourceError, type SourceErrorCode } from '../model/errors.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import type { Source } from '../sources/source.ts';
import type { SourceReader } from '../sources/source-reader.ts';
import { isGuess, shownParts } from './guessed-finds.ts';
import type { KeyTypes } from './key-types.ts';
import type { IdentifierVocabulary } from './parse-identifiers.ts';
import type { Profile } from './profile.ts';

/** How many customers are answered: so many, unless the question says how many. */
export const FOUND_PAGE = { size: 20, max: MAX_FOUND } as const;

export interface FindServices extends IdentifierVocabulary {
  readonly graph: IdentityGraph;
  readonly sources: ReadonlyMap<string, Source>;
  readonly keyTypes: KeyTypes;
  readonly profile: Profile;
}

export interface FindQuestion {
  readonly value: string;
  /** How many customers. */
  readonly first: number;
  readonly viewer: Viewer;
}

/** A source that could not be searched. */
export interface IncompleteSource {
  readonly source: string;
  readonly code: SourceErrorCode;
}

export interface FoundCustomers {
  /** Best first, each once. */
  readonly customers: readonly ResolvedCustomer[];
  /** The sources that failed: customers whom only they know are not among the found ones. */
  readonly incomplete: readonly IncompleteSource[];
  /** For each customer whom the search of a source found: the first such source. */
  readonly foundBy: readonly FoundBy[];
}

/** The source by which a customer was found. */
export interface FoundBy {
  readonly id: CustomerId;
  readonly source: string;
}

/** What one question of a search found; a failure of its source is a value, since the others answer. */
type Found = { readonly source: string; readonly identifiers: readonly Identifier[] } | { readonly failure: SourceError };

/**
 * Finds customers by a value of any identifier type, and by what sources find by it. Exact identifiers come first, then what
 * sources found, in the order of their identifier types, then of the sources. To an agent who must confirm, nothing is found by a
 * part of a value that the agent may not see.
 * @param reader of the operation: what it searches is counted for its budget.
 * @throws GatewayError BAD_USER_INPUT for a text or a number out of bounds; the first SourceError when every source failed and
 * nobody was found.
 */
export async function findCustomers(
  services: FindServices,
  reader: SourceReader,
  { value, first, viewer }: FindQuestion,
): Promise<FoundCustomers> {
  const text = value.trim();
  checkText('value', text, SEARCH_TEXT);
  if (first < 0 || first > FOUND_PAGE.max)
    throw new GatewayError('BAD_USER_INPUT', `first: expected 0 to ${FOUND_PAGE.max}, received ${first}`);
  if (first === 0) return { customers: [], incomplete: [], foundBy: [] };
  const exact = exactIdentifiers(services, text);
  const owners = services.graph.findByIdentifiers(exact, viewer, () => false);
  const search: Search = { text, exact, first, viewer };
  const questions = [...lookUps(services, reader, exact, owners), ...searches(services, reader, search)];
  const [stored, ...found] = await Promise.all([owners, ...questions]);

  const byId = new Map<CustomerId, ResolvedCustomer>();
  for (const customer of stored) if (customer !== null) byId.set(customer.id, customer);
  const identifiers = found.flatMap((each) => ('identifiers' in each ? each.identifiers : []));
  const distinct = [...new Map(identifiers.map((identifier) => [identifierKey(identifier), identifier])).values()];
  // A source has a record for each of these, so a customer exists, also where nothing is stored.
  const sourceOf = new Map(
    found
      .flatMap((each) => ('identifiers' in each ? each.identifiers.map((one) => [identifierKey(one), each.source] as const) : []))
      .reverse(),
  );
  const foundBy = new Map<CustomerId, string>();
  for (const [index, customer] of (await services.graph.findByIdentifiers(distinct, viewer, () => true)).entries()) {
    if (customer === null || byId.has(customer.id)) continue;
    byId.set(customer.id, customer);
    foundBy.set(customer.id, sourceOf.get(identifierKey(distinct[index] as Identifier)) as string);
  }
  const failures = found.flatMap((each) => ('failure' in each ? [each.failure] : []));
  const [failure] = failures;
  if (failure !== undefined && failures.length === found.length && byId.size === 0) throw failure;
  const incomplete = new Map(failures.map(({ code, details }) => [String(details.source), code]));
  const customers = [...byId.values()].slice(0, first);
  return {
    customers,
    incomplete: [...incomplete].map(([source, code]) => ({ source, code })),
    foundBy: customers.flatMap(({ id }) => {
      const source = foundBy.get(id);
      return source === undefined ? [] : [{ id, source }];
    }),
  };
}

/** The value under each identifier type that takes it, strongest type first. */
function exactIdentifiers({ identifierTypes, blockedValues }: FindServices, text: string): Identifier[] {
  return [...identifierTypes].flatMap(([type, format]) => {
    const normalized = normalizeIdentifier(type, text, format, blockedValues);
    return normalized.ok ? [normalized.identifier] : [];
  });
}

interface Search extends Omit<FindQuestion, 'value'> {
  /** The value, checked. */
  readonly text: string;
  readonly exact: readonly Identifier[];
}

function searches(services: FindServices, reader: SourceReader, search: Search): Promise<Found>[] {
  return [...services.identifierTypes].flatMap(([type, format]) =>
    searchableBy(services, type).map((source) =>
      settled(source, async () => {
        const found = (await reader.search(source, search.text, search.first)).flatMap((key) => {
          const normalized = normalizeIdentifier(type, key, format, services.blockedValues);
          return normalized.ok ? [{ key, identifier: normalized.identifier }] : [];
        });
        const isShown = await knownTo(services, reader, search, source, found);
        return found.flatMap(({ identifier }, index) => (isShown[index] ? [identifier] : []));
      }),
    ),
  );
}

/** For each found record, whether this viewer may learn that the text led to it. */
async function knownTo(
  services: FindServices,
  reader: SourceReader,
  search: Search,
  source: Source,
  found: readonly { readonly key: string; readonly identifier: Identifier }[],
): Promise<boolean[]> {
  const { viewer } = search;
  if (viewer.mustConfirm !== true) return found.map(() => true);
  const identifiers = found.map(({ identifier }) => identifier);
  const owners = await services.graph.ownersFor(identifiers, viewer);
  const shown = shownParts(services.profile, source.name, viewer);
  return Promise.all(
    found.map(async ({ key }, index) => {
      if (owners[index]?.assurance === 'VERIFIED') return true;
      const { record } = await reader.ask(source.name, key, {}, null, null).promise();
      return !isNothing(record) && !(await isGuess(search, key, record, shown, services));
    }),
  );
}

/**
 * Asks back ends for a value that nobody stored has, where none of those keyed by its type can be searched: one of them may know
 * the customer.
 */
function lookUps(
  services: FindServices,
  reader: SourceReader,
  exact: readonly Identifier[],
  owners: Promise<readonly (ResolvedCustomer | null)[]>,
): Promise<Found>[] {
  return exact.flatMap((identifier, index) => {
    const { type, value } = identifier;
    if (searchableBy(services, type).length > 0) return [];
    return askableBy(services, type).map((source) =>
      settled(source, async () => {
        if ((await owners)[index] != null) return [];
        const { record } = await reader.ask(source.name, value, {}, null, source.adapter.key === type ? null : type).promise();
        return isNothing(record) ? [] : [identifier];
      }),
    );
  });
}

/** The sources whose searches answer keys of this type: a search answers values of its adapter's own key. */
function searchableBy({ sources }: FindServices, type: string): Source[] {
  return [...sources.values()].filter(({ adapter }) => adapter.search !== undefined && adapter.key === type);
}

/** The sources that can be asked by a value of this type, also where only the schema says so (`@from(key:)`). */
function askableBy({ sources, keyTypes }: FindServices, type: string): Source[] {
  return [...sources.values()].filter(({ name }) => keyTypes.get(name)?.has(type) === true);
}

async function settled({ name }: Source, find: () => Promise<readonly Identifier[]>): Promise<Found> {
  try {
    return { source: name, identifiers: await find() };
  } catch (error) {
    if (error instanceof SourceError) return { failure: error };
    throw error;
  }
}
