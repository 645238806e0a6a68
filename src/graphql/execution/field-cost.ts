import { getNullableType, isListType } from 'graphql';
import { SESSION_PAGE } from '../../journey/read-sessions.ts';
import type { DeclaredCost } from '../../profile/declared-cost.ts';
import { FOUND_PAGE } from '../../profile/find-customers.ts';
import { KEYSET_PAGE } from '../../profile/page-keyset.ts';
import { MAX_PAGE } from '../../profile/page-list.ts';
import { isOwnResolver } from '../own-resolvers/own-resolvers.ts';
import { askedSize, type SizeRule } from './asked-size.ts';
import { product, sum, type Term } from './cost-term.ts';
import type { FieldPlan, ValuePlan, Values } from './plan.ts';

/** What a field counts, and by what the fields below it are multiplied. */
export interface FieldCost {
  readonly own: Term;
  readonly items: Term;
  /** For lists right below, such as the edges of a connection: they have this size. */
  readonly lists: SizedLists | null;
}

/** Lists of an object whose size was asked for by the object's field. */
export interface SizedLists {
  readonly names: readonly string[];
  readonly size: Term;
}

/** Items of a list whose size nothing says. */
const ASSUMED = 10;
/** The lists of a connection: `edges` as in Relay, and its short form. */
const PAGE_LISTS = ['edges', 'nodes'];
const PAGING = ['first', 'last'];

/** The gateway's connections and lists with `first`, and how long they are. */
const PAGES: Readonly<Record<string, { readonly size: number; readonly max: number }>> = {
  'Customer.interactions': KEYSET_PAGE,
  'Customer.identityEvents': KEYSET_PAGE,
  'Customer.sessions': SESSION_PAGE,
  'Query.findCustomers': FOUND_PAGE,
};

/** The gateway's fields that are asked for one thing for each entry of a list. */
const ENTRIES: Readonly<Record<string, string>> = {
  'Query.customersByIdentifiers': 'identifiers',
  'Query._entities': 'representations',
  'Query.previewIdentify': 'input.identifiers',
  'Query.previewMerge': 'input.customerIds',
  'Query.previewSplit': 'input.identifiers',
  'Mutation.identify': 'input.identifiers',
  'Mutation.captureInteractions': 'input.interactions',
  'Mutation.createRecipientTokens': 'input.recipients',
  'Mutation.mergeCustomers': 'input.customerIds',
  'Mutation.splitCustomer': 'input.identifiers',
};

/** The gateway's resolvers that ask nothing: they shape what was read with their parent. Of a type all, or a field. */
const FREE: ReadonlySet<string> = new Set([
  'Interaction',
  'Session',
  'IdentityEvent',
  'OfferDecision',
  'Customer.identifiers',
  'Customer.sources',
  'Customer.firstSeenAt',
  'Customer.lastSeenAt',
]);

const FREE_FIELD: FieldCost = { own: 0, items: 1, lists: null };

/** True for the field in which a federation router asks for entities. */
export function isReferences({ name, parentType }: FieldPlan): boolean {
  return name === '_entities' && parentType.name === 'Query';
}

/**
 * What a field counts, before it runs.
 * @param declared what the owner's schema says about it.
 * @param within lists of its parent whose size is known.
 * @param variables of the request, coerced; null to leave them open.
 */
export function fieldCost(
  field: FieldPlan,
  declared: DeclaredCost | undefined,
  within: SizedLists | null,
  variables: Values | null,
): FieldCost {
  const { value, name } = field;
  const isAsked = asksSomething(field);
  const isList = value.kind === 'list';
  const names = declared?.sizedFields ?? (isConnection(value) ? PAGE_LISTS : null);
  // Most fields: a property with a single value.
  if (!isAsked && !isList && names === null) return declared?.weight ? { ...FREE_FIELD, own: declared.weight } : FREE_FIELD;
  const isSized = isList && within?.names.includes(name) === true;
  const size = isSized ? within.size : askedSize(field, sizeRule(field, declared, isList || names !== null), variables);
  const weight = declared?.weight ?? (isAsked ? 1 : 0);
  const own = isAsked ? sum([weight, size]) : weight;
  if (!isList) return { own, items: 1, lists: names && { names, size } };
  // What nobody asks for a size of its own: lists within the list, and connections in it.
  return { own, items: product(size, ASSUMED ** innerLists(value)), lists: names && { names, size: ASSUMED } };
}

function asksSomething({ resolve, parentType, name, value }: FieldPlan): boolean {
  if (resolve.kind === 'bound') return true;
  if (resolve.kind !== 'resolver' || isOwnResolver(resolve.resolver)) return resolve.kind === 'resolver';
  // The schema itself is at hand; but its lists hold lists, and they are made for each answer.
  if (parentType.name.startsWith('__')) return value.kind === 'list';
  return !name.startsWith('__') && !FREE.has(parentType.name) && !FREE.has(`${parentType.name}.${name}`);
}

/** @param isMany whether the field answers several things. */
function sizeRule(field: FieldPlan, declared: DeclaredCost | undefined, isMany: boolean): SizeRule {
  const { resolve, parentType, name, value } = field;
  const key = `${parentType.name}.${name}`;
  const assumed = declared?.assumed ?? (isMany ? ASSUMED : 0);
  const plain = { paths: PAGING, assumed, whenNull: assumed, whenNone: assumed, atLeast: 0, atMost: Number.POSITIVE_INFINITY };
  const entries = ENTRIES[key];
  if (entries !== undefined) return { ...plain, paths: [entries], assumed: 0 };
  const page = PAGES[key];
  if (page !== undefined) return { ...plain, assumed: page.size, whenNull: page.size, whenNone: 0, atMost: page.max };
  const paths = declared?.slicingArguments;
  if (paths != null) return { ...plain, paths };
  // The gateway cuts a source's list into pages, and `first: null` asks for the longest page.
  if (resolve.kind === 'bound' && isConnection(value)) return { ...plain, whenNull: MAX_PAGE, whenNone: 0, atMost: MAX_PAGE };
  // The owner's code does with its arguments what it likes: each entry of a list may be something that it asks for.
  if (resolve.kind === 'resolver') return { ...plain, paths: [...PAGING, ...listArguments(field)] };
  // `first` does not cut a plain list, so asking for less makes it no cheaper.
  return { ...plain, atLeast: assumed };
}

function listArguments({ parentType, name }: FieldPlan): string[] {
  const args = parentType.getFields()[name]?.args ?? [];
  return args.flatMap((argument) => (isListType(getNullableType(argument.type)) ? [argument.name] : []));
}

function isConnection(value: ValuePlan): boolean {
  if (value.kind === 'list') return isConnection(value.item);
  return value.kind !== 'leaf' && value.type.name.endsWith('Connection');
}

/** Lists within the list. */
function innerLists(value: ValuePlan): number {
  return value.kind === 'list' && value.item.kind === 'list' ? 1 + innerLists(value.item) : 0;
}
