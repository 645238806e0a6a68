import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
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
import {
  type CountedPlan,
  type DocumentEntry,
  type OperationEntry,
  ReadDocument,
  RefusedDocument,
  type RefusedOperation,
  type Values,
} from './document-entry.ts';
import { settleLongNumbers } from './exact-variables.ts';
import { KeptDocuments } from './kept-documents.ts';
import { withExtensions } from './mask-error.ts';
import { OperationCost } from './operation-cost.ts';
import { checkOperationCost, checkOperationLimits, type OperationSize } from './operation-limits.ts';
import { type DocumentRules, readDocument, TRUSTED_RULES } from './read-document.ts';
import { ANY_DOCUMENT, type DocumentPolicy, Documents, type TrustedDocument } from './trusted-documents.ts';

const NO_PROFILE = new Profile([]);

/** As many characters are kept of texts that were sent once, which are kept as texts only. */
const KEPT = { characters: 1_000_000, fields: 50_000 };
/** Of subscriptions that had events. Less, because they are prepared again where they are not there, without validation. */
const FOLLOWED = { characters: 250_000, fields: 12_500 };
/** Plans that are kept of one operation: it has one for each combination of what its `@include` and `@skip` ask for. */
const MAX_PLANS = 8;
/** Wrong values of variables that are reported, as in graphql-js: each takes its time. */
const MAX_ERRORS = 50;

/** An operation that may run: valid, within its limits, with right variables. */
export interface ReadyOperation {
  readonly kind: 'ready';
  /** Of the document. */
  readonly text: string;
  /** What prepared the operation, and can do so again. */
  readonly operations: Operations;
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

export type PreparedOperation = ReadyOperation | RefusedOperation;

export interface OperationsOptions extends DocumentRules {
  /** The fields that sources answer; none, where the schema has resolvers for all. */
  readonly profile?: Profile;
  /** Names of the sources that rules about offers read. */
  readonly readByRules?: ReadonlySet<string>;
  /** How many sources a search of customers asks. */
  readonly searchable?: number;
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
  readonly #timesSent = new LRUCache<string, number>({ maxSize: KEPT.characters, sizeCalculation: lengthOf });
  readonly #kept = new KeptDocuments<DocumentEntry>(KEPT);
  readonly #followed = new KeptDocuments<ReadDocument>(FOLLOWED);
  readonly #documents: Documents;
  /** Trusted documents that were asked for, by their text. There are no more of them than the owner registered. */
  readonly #trusted = new Map<string, DocumentEntry>();

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

  /**
   * Prepares an operation again that was ready before, of a subscription that has an event.
   * @param given of the ready operation.
   * @throws GraphQLError where it may not run any more.
   */
  prepareAgain(text: string, operationName: string | null, given: Values, viewer: Viewer): ReadyOperation {
    const entry = this.#followedEntryOf(text);
    const prepared = this.#prepared(entry, { operationName, variables: given }, viewer);
    if (prepared.kind === 'refused') throw prepared.errors[0];
    return prepared;
  }

  #prepared(
    entry: ReadDocument,
    { operationName, variables: sent }: Pick<CheckedRequest, 'operationName' | 'variables'>,
    viewer: Viewer,
  ): PreparedOperation {
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
    const { text, document } = entry;
    return { kind: 'ready', text, operations: this, schema, document, operation, compiled, given, variables, size, cost };
  }

  #entryOf(query: string): DocumentEntry {
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

  /** The document is valid: only a valid one can have a subscription. */
  #followedEntryOf(text: string): ReadDocument {
    const known = this.#trusted.get(text) ?? this.#kept.get(text) ?? this.#followed.get(text);
    if (known?.kind === 'read') return known;
    const entry = new ReadDocument(text, false, parse(text));
    this.#followed.set(text, entry);
    return entry;
  }

  #trustedEntryOf({ text }: TrustedDocument): DocumentEntry {
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

  #planOf(entry: ReadDocument, of: OperationEntry, variables: Values): CountedPlan {
    const { text, isTrusted, document } = entry;
    const { operation, conditions, plans } = of;
    const variant = conditions.length === 0 ? '' : conditions.map((name) => String(variables[name])).join();
    const known = plans.get(variant);
    if (known !== undefined) return known;
    const { schema, profile = NO_PROFILE, readByRules, searchable = 0 } = this.#options;
    const compiled = compileOperation(schema, document, operation, variables, profile, readByRules);
    const counted = {
      compiled,
      cost: new OperationCost(compiled.plan, profile, { byRules: readByRules?.size ?? 0, bySearch: searchable }),
    };
    if (!compiled.isWhole || plans.size >= MAX_PLANS) return counted;
    if (isTrusted) plans.set(variant, counted);
    else {
      const kept = [this.#kept, this.#followed].find((documents) => documents.holds(text, entry));
      if (kept !== undefined) {
        plans.set(variant, counted);
        kept.added(compiled.size);
      }
    }
    return counted;
  }
}

/** Every text in an operation's document and variables, which must not be in the log: any of it may identify somebody. */
export function textsOfOperation({ document, given }: ReadyOperation): string[] {
  const texts = textsIn(given);
  const add = ({ value }: { readonly value: string }) => void texts.push(value);
  visit(document, { StringValue: add, IntValue: add, FloatValue: add });
  return texts;
}

function entryFor(text: string, read: DocumentNode | readonly GraphQLError[], isTrusted: boolean): DocumentEntry {
  return 'kind' in read ? new ReadDocument(text, isTrusted, read) : new RefusedDocument(read);
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
