import { parse, print } from 'graphql';
import { documentIdOf } from '../../model/document-id.ts';
import { BUILT_IN_SOURCES } from '../../profile/field-binding.ts';
import type { DesktopDocument, Fact, ProfileDocuments } from './profile-layout.ts';
import type { ReadFields, ReadList } from './read-fields.ts';

/** Entries of a list that a profile is opened with. Further ones are asked for by `byList`. */
const FIRST_ENTRIES = 10;

/** What every answer has of a customer: who it is, how sure, and how the sources did. */
const CUSTOMER = ['id', 'assurance'];
const SOURCES = ['name', 'status', 'fetchedAt', 'errorCode'].map((name) => `sources.${name}`);
const HEAD = ['lastSeenAt', ...['type', 'value', 'linkedAt', 'lastSeenAt', 'source'].map((name) => `identifiers.${name}`)];
const WHOLE = ['firstSeenAt', ...['method', 'confirmedAt', 'expiresAt'].map((name) => `confirmation.${name}`)];
const PAGE = ['hasNextPage', 'endCursor'];

/** A field in a selection: `orders`, with arguments `orders(first: 10)`. */
type Field = string;
type Selection = Map<Field, Selection>;

/**
 * Writes the documents by which the desktop asks for a customer.
 * @param head the facts of customers that were found.
 */
export function layoutDocuments({ facts, lists }: ReadFields, head: readonly Fact[]): ProfileDocuments {
  const headFields = [...CUSTOMER, ...HEAD, ...SOURCES].map(split).concat(head.map(fieldsOfFact));
  const allFields = [...CUSTOMER, ...HEAD, ...WHOLE, ...SOURCES].map(split).concat(
    facts.map(fieldsOfFact),
    lists.flatMap((list) => fieldsOfList(list, listArguments(list))),
  );
  return {
    find: document(`query DesktopFind($value: String!, $first: Int) { findCustomers(value: $value, first: $first) ${text(headFields)} }`),
    profile: document(byId('DesktopProfile', allFields)),
    open: document(`query DesktopOpen($identifier: IdentifierInput!) { customerByIdentifier(identifier: $identifier) ${text(allFields)} }`),
    head: document(byId('DesktopHead', headFields)),
    bySource: Object.fromEntries(sourcesOf({ facts, lists }).map((source) => [source, document(ofSource(source, { facts, lists }))])),
    byList: Object.fromEntries(lists.flatMap((list) => (list.paging.after === null ? [] : [[list.path, document(ofList(list))]]))),
  };
}

/** All sources of the fields but the gateway's own memory, each once. */
function sourcesOf({ facts, lists }: ReadFields): string[] {
  const names = new Set([...facts.flatMap(({ sources }) => sources), ...lists.flatMap(sourcesOfList)]);
  return [...names].filter((name) => !BUILT_IN_SOURCES.has(name)).sort();
}

function sourcesOfList({ sources, columns, inner }: ReadList): readonly string[] {
  return [...sources, ...[...columns, ...inner.flatMap((each) => each.columns)].flatMap((column) => column.sources)];
}

function ofSource(source: string, { facts, lists }: ReadFields): string {
  const fields = [
    ...facts.filter(({ sources }) => sources.includes(source)).map(fieldsOfFact),
    ...lists.filter((list) => sourcesOfList(list).includes(source)).flatMap((list) => fieldsOfList(list, listArguments(list))),
  ];
  return byId('DesktopSource', [...[...CUSTOMER, ...SOURCES].map(split), ...fields]);
}

function ofList(list: ReadList): string {
  const { first, after } = list.paging;
  const fields = [...[...CUSTOMER, ...SOURCES].map(split), ...fieldsOfList(list, '(first: $first, after: $after)')];
  return byId('DesktopList', fields, `, $first: ${first}, $after: ${after}`);
}

function byId(name: string, fields: readonly (readonly Field[])[], variables = ''): string {
  return `query ${name}($id: ID!${variables}) { node(id: $id) { __typename id ... on Customer ${text(fields)} } }`;
}

function listArguments({ paging }: ReadList): string {
  return paging.first === null ? '' : `(first: ${FIRST_ENTRIES})`;
}

function fieldsOfFact({ path }: Fact): readonly Field[] {
  return split(path);
}

/** @param args of the list's field, with parentheses. */
function fieldsOfList({ path, isConnection, columns, inner }: ReadList, args: string): (readonly Field[])[] {
  const list = split(`${path}${args}`);
  const entry = isConnection ? [...list, 'edges', 'node'] : list;
  const within = inner.flatMap((each) => each.columns.map((column) => [...split(each.path), ...split(column.path)]));
  const page = isConnection ? PAGE.map((name) => [...list, 'pageInfo', name]) : [];
  return [...[...columns.map(fieldsOfFact), ...within].map((fields) => [...entry, ...fields]), ...page];
}

function split(path: string): readonly Field[] {
  return path.split('.');
}

/** The text of a selection of these paths. Every selection asks for its type, by which a client's cache keeps it. */
function text(paths: readonly (readonly Field[])[]): string {
  const selection: Selection = new Map();
  for (const path of paths) {
    let at = selection;
    for (const field of path) {
      const below = at.get(field) ?? new Map();
      at.set(field, below);
      at = below;
    }
  }
  return written(selection);
}

function written(selection: Selection): string {
  const fields = [...selection].map(([field, below]) => (below.size === 0 ? field : `${field} ${written(below)}`));
  return `{ __typename ${fields.join(' ')} }`;
}

/** In the form in which graphql-js prints documents, so that a client that prints it has the text with this id. */
function document(unprinted: string): DesktopDocument {
  const printed = print(parse(unprinted, { noLocation: true }));
  return { id: `sha256:${documentIdOf(printed)}`, text: printed };
}
