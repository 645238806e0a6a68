import {
  GraphQLBoolean,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type OperationTypeNode,
} from 'graphql';
import type { Choices } from './choices.ts';
import { inputValue, literalOf } from './generated-leaves.ts';
import type { GeneratedSchema } from './generated-schema.ts';

export interface GeneratedQuery {
  readonly text: string;
  /** What clients give for its variables, one after the other. */
  readonly given: readonly Readonly<Record<string, unknown>>[];
  /** Names of those that say what is asked for. */
  readonly conditions: readonly string[];
}

interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly defaultText: string | null;
}

/** A valid query or mutation, in the text that a client sends. */
export function generatedQuery({ schema, fieldNames }: GeneratedSchema, choices: Choices): GeneratedQuery {
  return new QueryWriter(schema, fieldNames, choices).query();
}

const MAX_DEPTH = 5;
const GIVEN = 3;

class QueryWriter {
  readonly #schema: GraphQLSchema;
  readonly #fieldNames: readonly string[];
  readonly #choices: Choices;
  readonly #variables: Variable[] = [];
  readonly #conditions = new Set<string>();
  readonly #fragments: { readonly name: string; readonly on: GraphQLCompositeType; readonly text: string }[] = [];
  /** What each response key stands for, so that what has the same key can be merged. */
  readonly #keys = new Map<string, string>();
  /** Moves names on, so that a field answers under another's name. */
  readonly #shift: number;
  #fieldsLeft: number;

  constructor(schema: GraphQLSchema, fieldNames: readonly string[], choices: Choices) {
    this.#schema = schema;
    this.#fieldNames = fieldNames;
    this.#choices = choices;
    this.#fieldsLeft = 2 + choices.below(24);
    this.#shift = choices.pick([0, 0, 0, 1]);
  }

  query(): GeneratedQuery {
    const kind = this.#choices.oneIn(4) ? 'mutation' : 'query';
    const body = this.#selection(this.#schema.getRootType(kind as OperationTypeNode) as GraphQLObjectType, 1);
    const fragments = this.#fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`);
    const declared = this.#variables.map(
      ({ name, type, defaultText }) => `$${name}: ${type}${defaultText === null ? '' : ` = ${defaultText}`}`,
    );
    const head = declared.length === 0 ? `${kind} ` : `${kind} (${declared.join(', ')}) `;
    const given = Array.from({ length: GIVEN }, () => this.#given());
    return { text: [head + body, ...fragments].join('\n'), given, conditions: [...this.#conditions].sort() };
  }

  #given(): Record<string, unknown> {
    const given: Record<string, unknown> = {};
    for (const { name, type, defaultText } of this.#variables) {
      const isOptional = !isNonNullType(type) || defaultText !== null;
      if (isOptional && this.#choices.oneIn(3)) continue;
      given[name] = inputValue(type, this.#choices);
    }
    return given;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const parts = Array.from({ length: 1 + this.#choices.below(5) }, () => this.#part(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLCompositeType, depth: number): string {
    const isOver = depth >= MAX_DEPTH || this.#fieldsLeft <= 0;
    const kind = this.#choices.below(12);
    if (!isOver && kind === 9) return `...${this.#directives()} ${this.#selection(type, depth + 1)}`;
    if (!isOver && kind === 10) {
      const on = this.#overlapping(type);
      return `... on ${on.name}${this.#directives()} ${this.#selection(on, depth + 1)}`;
    }
    if (kind === 11) {
      const spread = this.#spread(type, depth, isOver);
      if (spread !== null) return `...${spread}${this.#directives()}`;
    }
    const field = kind === 8 ? undefined : this.#fieldOf(type, isOver);
    return field === undefined ? `${this.#typeNameKey()}__typename${this.#directives()}` : this.#field(field, depth);
  }

  #typeNameKey(): string {
    const key = this.#choices.below(40);
    return key === 39 ? '__proto__: ' : key > 36 ? 'then: ' : key > 33 ? 'kind: ' : '';
  }

  #fieldOf(type: GraphQLCompositeType, isOver: boolean): GraphQLField<unknown, unknown> | undefined {
    if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
    const fields = Object.values(type.getFields()).filter((field) => !isOver || isLeafType(getNamedType(field.type)));
    return this.#choices.pick(fields);
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    this.#fieldsLeft--;
    const named = getNamedType(field.type);
    const args = this.#arguments(field);
    const key = this.#keyOf(field, args);
    const below = isCompositeType(named) ? ` ${this.#selection(named, depth + 1)}` : '';
    return `${key === field.name ? '' : `${key}: `}${field.name}${args}${this.#directives()}${below}`;
  }

  #keyOf(field: GraphQLField<unknown, unknown>, args: string): string {
    const { name, type } = field;
    const shifted = this.#fieldNames[(this.#fieldNames.indexOf(name) + this.#shift) % this.#fieldNames.length] as string;
    const base = `${shifted}${this.#isStricter(name, type) ? 'N' : ''}${this.#choices.oneIn(6) ? 'X' : ''}`;
    const meaning = `${name}${args}`;
    for (let variant = 0; ; variant++) {
      const key = variant === 0 ? base : `${base}_${variant}`;
      const known = this.#keys.get(key);
      if (known !== undefined && known !== meaning) continue;
      this.#keys.set(key, meaning);
      return key;
    }
  }

  /** Whether it is non-null here and may be null elsewhere; such two can't have one key. */
  #isStricter(name: string, type: GraphQLOutputType): boolean {
    const owners = Object.values(this.#schema.getTypeMap()).filter((each) => isObjectType(each) || isInterfaceType(each));
    return isNonNullType(type) && owners.some((owner) => !isNonNullType(owner.getFields()[name]?.type ?? type));
  }

  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    const possible = (each: GraphQLCompositeType) => (isObjectType(each) ? [each] : this.#schema.getPossibleTypes(each));
    const isApart = (each: GraphQLNamedType) =>
      !isCompositeType(each) || each.name.startsWith('__') || !possible(each).some((one) => possible(type).includes(one));
    return this.#choices.pick([
      type,
      ...(Object.values(this.#schema.getTypeMap()).filter((each) => !isApart(each)) as GraphQLCompositeType[]),
    ]);
  }

  /** A fragment that is there already can be spread again, and contains none that is still being written. */
  #spread(type: GraphQLCompositeType, depth: number, isOver: boolean): string | null {
    const on = this.#overlapping(type);
    const known = this.#fragments.filter((fragment) => fragment.on === on);
    if (known.length > 0 && (isOver || this.#choices.oneIn(2))) return this.#choices.pick(known).name;
    if (isOver) return null;
    const text = this.#selection(on, depth + 1);
    const name = `F${this.#fragments.length}`;
    this.#fragments.push({ name, on, text });
    return name;
  }

  #directives(): string {
    const kind = this.#choices.below(16);
    if (kind < 11) return '';
    if (kind === 15) return this.#directive('include') + this.#directive('skip');
    return this.#directive(kind % 2 === 0 ? 'include' : 'skip');
  }

  #directive(name: string): string {
    const kind = this.#choices.below(4);
    if (kind < 2) return ` @${name}(if: ${(kind === 0) === (name === 'include')})`;
    const variable = this.#variable(new GraphQLNonNull(GraphQLBoolean), false);
    this.#conditions.add(variable);
    return ` @${name}(if: $${variable})`;
  }

  #arguments({ args }: GraphQLField<unknown, unknown>): string {
    const parts: string[] = [];
    for (const { name, type, defaultValue } of args) {
      const isNeeded = isNonNullType(type) && defaultValue === undefined;
      if (!isNeeded && !this.#choices.oneIn(2)) continue;
      const isVariable = this.#choices.oneIn(2);
      parts.push(`${name}: ${isVariable ? `$${this.#variable(type, defaultValue !== undefined)}` : this.#literal(type)}`);
    }
    // As they are written, not as they are declared.
    if (parts.length > 1 && this.#choices.oneIn(3)) parts.reverse();
    return parts.length === 0 ? '' : `(${parts.join(', ')})`;
  }

  #literal(type: GraphQLInputType): string {
    const hasInner = this.#choices.oneIn(6);
    return literalOf(type, inputValue(type, this.#choices), (inner) => {
      if (!hasInner || !this.#choices.oneIn(2)) return null;
      return `$${this.#variable(inner, false)}`;
    });
  }

  /** One that may be used for this type. */
  #variable(wanted: GraphQLInputType, wantedHasDefault: boolean): string {
    const fitting = this.#variables.filter(({ type }) => String(type) === String(wanted));
    if (fitting.length > 0 && this.#choices.oneIn(2)) return this.#choices.pick(fitting).name;
    const nullable = getNullableType(wanted) as GraphQLInputType;
    const kind = this.#choices.below(4);
    const required = isNonNullType(wanted) ? wanted : new GraphQLNonNull(wanted);
    // Where null is no value a variable may be null nevertheless, if it or what it is used for has a default.
    const type = kind === 1 || (kind === 2 && wantedHasDefault) || !isNonNullType(wanted) ? nullable : required;
    const needsDefault = !isNonNullType(type) && isNonNullType(wanted) && !wantedHasDefault;
    const hasDefault = needsDefault || kind === 1;
    const defaultType = isNonNullType(wanted) ? required : nullable;
    const defaultText = hasDefault ? literalOf(defaultType, inputValue(defaultType, this.#choices), () => null) : null;
    const name = `v${this.#variables.length}`;
    this.#variables.push({ name, type: kind === 3 ? required : type, defaultText: kind === 3 ? null : defaultText });
    return name;
  }
}
