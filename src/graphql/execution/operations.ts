import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { textsIn } from '../../model/texts-in.ts';
import type { Viewer } from '../../model/viewer.ts';
import { Profile } from '../../profile/profile.ts';
import { type CheckedRequest, checkRequest, type OperationRequest, refusal } from './check-request.ts';
import { checkVariables } from './check-variables.ts';
import { variableCoercion } from './coerce-variables.ts';
import { type CompiledOperation, compileOperation } from './compile-operation.ts';
import { settleLongNumbers } from './exact-variables.ts';
import { withExtensions } from './mask-error.ts';
import { OperationCost } from './operation-cost.ts';
import { checkOperationCost, checkOperationLimits, type OperationSize } from './operation-limits.ts';
import { type DocumentRules, readDocument, TRUSTED_RULES } from './read-document.ts';
import { ANY_DOCUMENT, type DocumentPolicy, Documents, type TrustedDocument } from './trusted-documents.ts';

const NO_PROFILE = new Profile([]);

type Values = Readonly<Record<string, unknown>>;

/**
 * Characters of the documents that are kept, parsed and compiled. Parsed, a document takes up to a hundred times its text.
 * As many characters are kept of texts that were sent once, which are kept as texts only.
 */
const KEPT_TEXT = 1_000_000;
/** Compiled fields that are kept, each about a third of a kilobyte. */
const KEPT_FIELDS = 50_000;
/** Plans that are kept of one operation: it has one for each combination of what its `@include` and `@skip` ask for. */
const MAX_PLANS = 8;
/** Wrong values of variables that are reported, as in graphql-js: each takes its time. */
const MAX_ERRORS = 50;

/** An operation that may run: valid, within its limits, with right variables. */
export interface ReadyOperation {
  readonly kind: 'ready';
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly compiled: CompiledOperation;
  /** As the client gave them, with long numbers in the form that their type takes. */
  readonly given: Values;
  /** Coerced. */
  readonly variables: Values;
  readonly size: OperationSize;
  readonly cost: OperationCost;
}

/** An operation that may not run, and the errors that its client gets: at least one, each with its code. */
export interface RefusedOperation {
  readonly kind: 'refused';
  readonly errors: readonly GraphQLError[];
}

export type PreparedOperation = ReadyOperation | RefusedOperation;

/** All that is known of one document. */
type Entry = ReadDocument | RefusedOperation;

interface ReadDocument {
  readonly kind: 'read';
  readonly text: string;
  /** True for a document that is kept for ever. */
  readonly isTrusted: boolean;
  readonly document: DocumentNode;
  /** By `operationName`; names that the document does not have are not kept, of which there are endlessly many. */
  readonly byName: Map<string | null, OperationEntry>;
}

interface OperationEntry {
  readonly operation: OperationDefinitionNode;
  /** What it has of each limit, or why it may not run. */
  readonly size: OperationSize | RefusedOperation;
  /** @returns null for values that are wrong. */
  coerce(given: Values): Values | null;
  /** Names of the variables that decide which fields there are. */
  readonly conditions: readonly string[];
  /** By the values of `conditions`. */
  readonly plans: Map<string, CountedPlan>;
}

/** A plan, and what its operation costs. */
interface CountedPlan {
  readonly compiled: CompiledOperation;
  readonly cost: OperationCost;
}

export interface OperationsOptions extends DocumentRules {
  /** The fields that sources answer; none, where the schema has resolvers for all. */
  readonly profile?: Profile;
  /** Which documents run, and which of them have ids. Default: any, by its text. */
  readonly documents?: DocumentPolicy;
  /** At which request of it a document is kept: 2 is the second. */
  readonly hotAfter: number;
}

/**
 * Prepares operations for every transport: parses, validates, checks the limits, coerces the variables, makes the
 * plan. A document is kept from its second request on. Of one that was sent once only the text is remembered, so a client
 * that sends a new document each time removes none that others use. A trusted document is kept for ever from its first request on.
 */
export class Operations {
  readonly #options: OperationsOptions;
  /** How often each text was sent that is not kept. */
  readonly #timesSent = new LRUCache<string, number>({ maxSize: KEPT_TEXT, sizeCalculation: lengthOf });
  readonly #kept = new LRUCache<string, Entry>({
    maxSize: KEPT_TEXT,
    sizeCalculation: lengthOf,
    dispose: (entry) => {
      this.#fields -= fieldsOf(entry);
    },
  });
  #fields = 0;
  readonly #documents: Documents;
  /** Trusted documents that were asked for, by their text. There are no more of them than the owner registered. */
  readonly #trusted = new Map<string, Entry>();

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#documents = new Documents(options.documents ?? ANY_DOCUMENT);
  }

  /**
   * @param viewer who asks: roles differ in what an operation may cost, and in whether they may send texts.
   * @returns the operation ready to run, or why it may not.
   */
  prepare(request: OperationRequest, viewer: Viewer): PreparedOperation {
    const checked = checkRequest(request);
    if (checked instanceof GraphQLError) return refused(checked);
    const selected = this.#documents.select(checked, viewer);
    if (selected instanceof GraphQLError) return refused(selected);
    try {
      const entry = typeof selected === 'string' ? this.#entryOf(selected) : this.#trustedEntryOf(selected);
      if (entry.kind === 'refused') return entry;
      const prepared = this.#prepared(entry, checked, viewer);
      if (prepared.kind === 'ready' && !entry.isTrusted) this.#documents.register(checked);
      return prepared;
    } catch (error) {
      // All of this recurses as deep as the document is nested.
      if (error instanceof RangeError) return refused(refusal('GRAPHQL_PARSE_FAILED', 'the document is nested too deeply'));
      throw error;
    }
  }

  #prepared(entry: ReadDocument, { operationName, variables: sent }: CheckedRequest, viewer: Viewer): PreparedOperation {
    const known = this.#operationOf(entry, operationName);
    if (known === null)
      return refused(refusal('OPERATION_RESOLUTION_FAILURE', 'expected operationName to name one of the operations in the document'));
    const { operation, size } = known;
    if ('kind' in size) return size;
    const { schema, hideSuggestions, limits } = this.#options;
    let given = sent;
    // A long number is an object, too.
    if (hasObject(sent)) {
      const tooMuch = checkVariables(operation, sent);
      if (tooMuch !== null) return refused(tooMuch);
      given = settleLongNumbers(schema, operation, sent);
    }
    let variables = known.coerce(given);
    if (variables === null) {
      const coercion = { maxErrors: MAX_ERRORS, hideSuggestions };
      const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given, coercion);
      if (errors) return refused(...errors.map((error) => withExtensions(error, { code: 'BAD_USER_INPUT' })));
      variables = coerced;
    }
    const { compiled, cost } = this.#planOf(entry, known, variables);
    const tooDear = checkOperationCost(cost, variables, limits, viewer);
    if (tooDear !== null) return refused(tooDear);
    return { kind: 'ready', schema, document: entry.document, operation, compiled, given, variables, size, cost };
  }

  #entryOf(query: string): Entry {
    const known = this.#kept.get(query);
    if (known !== undefined) return known;
    const read = readDocument(query, this.#options);
    const entry = entryFor(query, read, false);
    const timesSent = (this.#timesSent.get(query) ?? 0) + 1;
    if (timesSent < this.#options.hotAfter) this.#timesSent.set(query, timesSent);
    else {
      this.#timesSent.delete(query);
      this.#kept.set(query, entry);
    }
    return entry;
  }

  #trustedEntryOf({ text }: TrustedDocument): Entry {
    const known = this.#trusted.get(text);
    if (known !== undefined) return known;
    const entry = entryFor(text, readDocument(text, { ...this.#options, ...TRUSTED_RULES }), true);
    this.#trusted.set(text, entry);
    return entry;
  }

  #operationOf({ document, byName }: ReadDocument, operationName: string | null): OperationEntry | null {
    const known = byName.get(operationName);
    if (known !== undefined) return known;
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    const { schema, limits } = this.#options;
    const size = checkOperationLimits(document, operation, limits);
    const entry: OperationEntry = {
      operation,
      size: size instanceof GraphQLError ? refused(size) : size,
      coerce: variableCoercion(schema, operation),
      conditions: conditionsOf(document),
      plans: new Map(),
    };
    byName.set(operationName, entry);
    return entry;
  }

  #planOf({ text, isTrusted, document }: ReadDocument, of: OperationEntry, variables: Values): CountedPlan {
    const { operation, conditions, plans } = of;
    const variant = conditions.length === 0 ? '' : conditions.map((name) => String(variables[name])).join();
    const known = plans.get(variant);
    if (known !== undefined) return known;
    const { schema, profile = NO_PROFILE } = this.#options;
    const compiled = compileOperation(schema, document, operation, variables, profile);
    const counted = { compiled, cost: new OperationCost(compiled.plan, profile) };
    if (!compiled.isWhole || plans.size >= MAX_PLANS) return counted;
    if (isTrusted) plans.set(variant, counted);
    else if (this.#kept.has(text)) {
      plans.set(variant, counted);
      this.#makeRoomFor(compiled.size);
    }
    return counted;
  }

  /** Of what was not used for longest, whole documents go. */
  #makeRoomFor(fields: number): void {
    this.#fields += fields;
    while (this.#fields > KEPT_FIELDS) if (this.#kept.pop() === undefined) return;
  }
}

/** Every text in an operation's document and variables, which must not be in the log: any of it may identify somebody. */
export function textsOfOperation({ document, given }: ReadyOperation): string[] {
  const texts = textsIn(given);
  const add = ({ value }: { readonly value: string }) => void texts.push(value);
  visit(document, { StringValue: add, IntValue: add, FloatValue: add });
  return texts;
}

function entryFor(text: string, read: DocumentNode | readonly GraphQLError[], isTrusted: boolean): Entry {
  return 'kind' in read ? { kind: 'read', text, isTrusted, document: read, byName: new Map() } : refused(...read);
}

function refused(...errors: readonly GraphQLError[]): RefusedOperation {
  return { kind: 'refused', errors };
}

function lengthOf(_: unknown, text: string): number {
  return Math.max(1, text.length);
}

/** A loop, because every request is looked at: `Object.values` would make a list of them. */
function hasObject(values: Values): boolean {
  for (const name in values) if (typeof values[name] === 'object' && values[name] !== null) return true;
  return false;
}

function fieldsOf(entry: Entry): number {
  if (entry.kind === 'refused') return 0;
  const plans = [...entry.byName.values()].flatMap((known) => [...known.plans.values()]);
  return plans.reduce((sum, { compiled }) => sum + compiled.size, 0);
}

/** Names of the variables that `@include` and `@skip` look at, anywhere in the document. */
function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: given }) => {
      if (name.value !== 'include' && name.value !== 'skip') return;
      for (const { value } of given ?? []) if (value.kind === 'Variable') names.add(value.name.value);
    },
  });
  return [...names].sort();
}
