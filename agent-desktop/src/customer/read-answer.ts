import type { Fact, FactList, ProfileLayout } from '../model/gateway.ts';
import { type AnswerError, codeOf, isRecord, type Provenance, provenanceOf, readPath, type WireAnswer } from './answer.ts';
import type { CustomerState, Entry, FactValue, ListValue, Origin, SourceStatus, ValueState } from './customer-model.ts';

/** Before the first answer: every fact of the layout, without a value. */
export function emptyState(layout: ProfileLayout): CustomerState {
  return {
    id: null,
    assurance: 'ANONYMOUS',
    name: null,
    facts: layout.facts.map((fact) => ({ fact, state: 'loading', value: null, ...NOWHERE })),
    lists: layout.lists.map((list) => ({ list, state: 'loading', entries: [], next: null, ...NOWHERE })),
    identifiers: [],
    confirmation: null,
    sources: [],
  };
}

/**
 * What a document of the layout answered about a customer. @param root the answer's field that is the customer.
 * @returns null where there is no such customer.
 */
export function readCustomer(layout: ProfileLayout, answer: WireAnswer, root: string): CustomerState | null {
  const customer = answer.data?.[root];
  if (!isRecord(customer)) return null;
  const read = new AnswerOf(customer, answer, root);
  const facts = layout.facts.map((fact) => read.fact(fact));
  return {
    id: String(customer.id),
    assurance: customer.assurance as CustomerState['assurance'],
    name: nameOf(layout, facts),
    facts,
    lists: layout.lists.map((list) => read.list(list)),
    identifiers: (customer.identifiers ?? null) as CustomerState['identifiers'],
    confirmation: (customer.confirmation ?? null) as CustomerState['confirmation'],
    sources: (customer.sources ?? []) as SourceStatus[],
  };
}

/** Puts what one source answered, when it was asked again alone, in the place of what it answered before. */
export function withSource(state: CustomerState, layout: ProfileLayout, answer: WireAnswer, root: string, source: string): CustomerState {
  const customer = answer.data?.[root];
  if (!isRecord(customer)) return state;
  const read = new AnswerOf(customer, answer, root);
  const facts = state.facts.map((value) => (value.fact.sources.includes(source) ? read.fact(value.fact) : value));
  const answered = new Map(((customer.sources ?? []) as SourceStatus[]).map((status) => [status.name, status]));
  return {
    ...state,
    name: nameOf(layout, facts),
    facts,
    lists: state.lists.map((value) => (value.list.sources.includes(source) ? read.list(value.list) : value)),
    sources: state.sources.map((status) => answered.get(status.name) ?? status),
  };
}

const NOWHERE: Origin = { source: null, fetchedAt: null, stale: false, code: null };

/** Codes of a refusal: everything else that stands at a field is a failure. */
const REFUSALS = new Set(['INSUFFICIENT_ASSURANCE', 'FORBIDDEN', 'UNAUTHENTICATED']);

class AnswerOf {
  private readonly customer: Entry;
  private readonly errors: readonly AnswerError[];
  private readonly provenance: ReadonlyMap<string, Provenance>;

  constructor(customer: Entry, answer: WireAnswer, root: string) {
    this.customer = customer;
    this.errors = (answer.errors ?? []).filter(({ path }) => path?.[0] === root);
    this.provenance = new Map(provenanceOf(answer).map((field) => [field.path.slice(1).join('.'), field]));
  }

  fact(fact: Fact): FactValue {
    const value = readPath(this.customer, fact.path);
    const { state, ...origin } = this.stateOf(fact.path, value);
    return { fact, state, value: state === 'value' ? value : null, ...origin };
  }

  list(list: FactList): ListValue {
    const value = readPath(this.customer, list.path);
    const { entries, next } = entriesOf(list, value);
    const { state, ...origin } = this.stateOf(list.path, value);
    if (state !== 'value') return { list, state, entries: [], next: null, ...origin };
    return { list, state: entries.length === 0 ? 'empty' : 'value', entries, next, ...origin };
  }

  private stateOf(path: string, value: unknown): Origin & { readonly state: ValueState } {
    const origin = this.originOf(path);
    if (value !== null && value !== undefined) return { state: 'value', ...origin };
    const error = this.errorAt(path);
    if (error === undefined) return { state: 'empty', ...origin };
    const code = codeOf(error);
    const source = typeof error.extensions?.source === 'string' ? error.extensions.source : null;
    const { retryAfter } = error.extensions ?? {};
    const retry = typeof retryAfter === 'number' ? { retryAt: Date.now() + retryAfter * 1_000 } : {};
    return { state: REFUSALS.has(code) ? 'locked' : 'failed', ...NOWHERE, source, code, ...retry };
  }

  /** The nearest record with a source: a field of a record came from where its record came from. */
  private originOf(path: string): Origin {
    const names = path.split('.');
    for (let length = names.length; length > 0; length -= 1) {
      const found = this.provenance.get(names.slice(0, length).join('.'));
      if (found !== undefined) {
        return { source: found.source, fetchedAt: found.fetchedAt, stale: found.stale, code: null };
      }
    }
    return NOWHERE;
  }

  /** An error at the field itself, or at a record around it. */
  private errorAt(path: string): AnswerError | undefined {
    const names = path.split('.');
    return this.errors.find((error) => {
      const at = (error.path ?? []).slice(1);
      return at.length > 0 && at.length <= names.length && at.every((name, index) => name === names[index]);
    });
  }
}

function entriesOf(list: FactList, value: unknown): { readonly entries: readonly Entry[]; readonly next: string | null } {
  if (!list.isConnection) return { entries: Array.isArray(value) ? value.filter(isRecord) : [], next: null };
  if (!isRecord(value)) return { entries: [], next: null };
  const edges = Array.isArray(value.edges) ? value.edges : [];
  const page = isRecord(value.pageInfo) ? value.pageInfo : {};
  return {
    entries: edges.map((edge) => (isRecord(edge) ? edge.node : null)).filter(isRecord),
    next: page.hasNextPage === true && typeof page.endCursor === 'string' ? page.endCursor : null,
  };
}

function nameOf(layout: ProfileLayout, facts: readonly FactValue[]): string | null {
  const value = facts.find(({ fact }) => fact.path === layout.name)?.value;
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
