import { type DirectiveNode, Kind, print, type TypeDefinitionNode, type ValueNode } from 'graphql';
import type { DeclaredCost } from '../../profile/declared-cost.ts';
import { connectionNode, namedTypeOf, nullableTypeOf } from './schema-parts.ts';
import { COST, type Field, LIST_SIZE, type Report } from './vocabulary.ts';

/** The largest weight and the largest assumed size: a limit beyond which a field could not be asked for at all. */
const MOST = 1_000_000;

/**
 * Reads `@cost` and `@listSize`, which have the names of the GraphQL Cost Directives Specification of IBM
 * (https://ibm.github.io/graphql-specs/cost-spec.html). Mistakes are reported and left out of the answer.
 * @returns null for a field with neither.
 */
export function readCost(field: Field, types: ReadonlyMap<string, TypeDefinitionNode>, report: Report): DeclaredCost | null {
  const annotated = (by: string) => field.node.directives?.find((directive) => directive.name.value === by);
  const [cost, listSize] = [annotated(COST), annotated(LIST_SIZE)];
  if (cost === undefined && listSize === undefined) return null;
  return new CostReader(field, types, report).read(cost, listSize);
}

class CostReader {
  readonly #field: Field;
  readonly #types: ReadonlyMap<string, TypeDefinitionNode>;
  readonly #reportAt: Report;

  constructor(field: Field, types: ReadonlyMap<string, TypeDefinitionNode>, report: Report) {
    this.#field = field;
    this.#types = types;
    this.#reportAt = report;
  }

  read(cost: DirectiveNode | undefined, listSize: DirectiveNode | undefined): DeclaredCost {
    const assumed = this.#assumed(listSize);
    const sizedFields = this.#names(listSize, 'sizedFields', `a list of ${this.#typeName}`, this.#listsBelow());
    if (listSize !== undefined && !this.#isMany && !argument(listSize, 'sizedFields'))
      this.#report(
        listSize,
        `expected @listSize on a list, on a connection, or with sizedFields; received it on ${print(this.#field.node.type)}`,
      );
    return {
      weight: this.#integer('weight', argument(cost, 'weight'), 0),
      assumed,
      slicingArguments: this.#names(listSize, 'slicingArguments', 'an argument of the field', this.#arguments()),
      sizedFields,
    };
  }

  get #typeName(): string {
    return namedTypeOf(this.#field.node.type).name.value;
  }

  get #isMany(): boolean {
    return nullableTypeOf(this.#field.node.type).kind === Kind.LIST_TYPE || connectionNode(this.#typeName) !== null;
  }

  /** Our name for it, and that of the specification. */
  #assumed(listSize: DirectiveNode | undefined): number | null {
    const [own, specified] = [argument(listSize, 'assumed'), argument(listSize, 'assumedSize')];
    if (own !== undefined && specified !== undefined)
      this.#report(specified, 'expected either assumed or assumedSize, which mean the same; received both');
    return this.#integer(own === undefined ? 'assumedSize' : 'assumed', own ?? specified, 1);
  }

  /** A weight is text in the specification. */
  #integer(name: string, value: ValueNode | undefined, least: number): number | null {
    if (value === undefined) return null;
    const text = value.kind === Kind.INT || (value.kind === Kind.STRING && name === 'weight') ? value.value : '';
    if (/^\d{1,7}$/.test(text) && Number(text) >= least && Number(text) <= MOST) return Number(text);
    this.#report(value, `expected ${name} to be an integer from ${least} to ${MOST}, received ${print(value)}`);
    return null;
  }

  #names(listSize: DirectiveNode | undefined, name: string, what: string, choices: readonly string[]): readonly string[] | null {
    const value = argument(listSize, name);
    if (value === undefined) return null;
    const texts = value.kind === Kind.LIST ? value.values : [value];
    for (const text of texts) {
      const isKnown = text.kind === Kind.STRING && choices.includes(text.value.split('.')[0] as string);
      if (!isKnown)
        this.#report(text, `expected ${name} to name ${what} (${choices.join(', ') || 'there is none'}), received ${print(text)}`);
    }
    return texts.flatMap((text) => (text.kind === Kind.STRING ? [text.value] : []));
  }

  #arguments(): string[] {
    return (this.#field.node.arguments ?? []).map(({ name }) => name.value);
  }

  /** Names of the lists of the object that the field answers. */
  #listsBelow(): string[] {
    const definition = this.#types.get(this.#typeName);
    // A connection that the gateway supplies.
    if (definition === undefined && connectionNode(this.#typeName) !== null) return ['edges'];
    const fields = definition && 'fields' in definition ? (definition.fields ?? []) : [];
    return fields.flatMap((field) => (nullableTypeOf(field.type).kind === Kind.LIST_TYPE ? [field.name.value] : []));
  }

  #report(node: Parameters<Report>[0], message: string): void {
    this.#reportAt(node, `${this.#field.name}: ${message}`);
  }
}

function argument(directive: DirectiveNode | undefined, name: string): ValueNode | undefined {
  return directive?.arguments?.find((each) => each.name.value === name)?.value;
}
