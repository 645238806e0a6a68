import type { FieldNode } from 'graphql';
import type { Profile } from '../../profile/profile.ts';
import { evaluation, LARGEST, most, product, sum, type Term } from './cost-term.ts';
import { fieldCost, isReferences, type SizedLists } from './field-cost.ts';
import { BY_RULES } from './needed-fields.ts';
import type { FieldPlan, ObjectPlan, ValuePlan, Values } from './plan.ts';

/**
 * Fields that are counted, each once for every type that it can stand on. A document has at most 20,000 selections, and one that
 * a person wrote a few hundred; but fragments for the types of nested interfaces can multiply. Beyond, an operation costs more
 * than any limit.
 */
const MAX_COUNTED = 3_000;

/** How many sources fields ask that no `@from` names. */
export interface AskedElsewhere {
  /** By rules about offers: a field that evaluates rules asks them, too. */
  readonly byRules: number;
  /** By a search of customers. */
  readonly bySearch: number;
}

const NOTHING_ELSE: AskedElsewhere = { byRules: 0, bySearch: 0 };
/** The field that searches sources. */
const SEARCH = 'Query.findCustomers';

/** The field that makes an operation dear. */
export interface DearestField {
  /** `Customer.orders` */
  readonly name: string;
  /** What it counts, at its dearest position. */
  readonly cost: number;
}

/**
 * What an operation costs before it runs: 1 and the size of its list for each field that a source or the store is asked for,
 * times the sizes of the lists around it. It is worked out once for a plan; a request adds the sizes that its variables say.
 */
export class OperationCost {
  readonly #plan: ObjectPlan;
  readonly #profile: Profile;
  readonly #asked: AskedElsewhere;
  readonly #cost: (variables: Values) => number;
  readonly #references: (variables: Values) => number;

  /**
   * @param plan of the operation. One that grows while it runs grows here as well, by at most `MAX_COUNTED` fields.
   * @param profile has what the owner says about fields.
   * @param asked what fields ask for that the plan does not show.
   * @throws RangeError for an operation that is nested too deeply.
   */
  constructor(plan: ObjectPlan, profile: Profile, asked: AskedElsewhere = NOTHING_ELSE) {
    this.#plan = plan;
    this.#profile = profile;
    this.#asked = asked;
    const walk = new CostWalk(profile, asked, null);
    this.#cost = evaluation(walk.object(plan, null).cost);
    this.#references = evaluation(sum(walk.references));
  }

  /** @param variables coerced. @returns an integer, at most `LARGEST`. */
  of(variables: Values): number {
    return this.#cost(variables);
  }

  /** How many entities a federation router asks for by reference. */
  references(variables: Values): number {
    return this.#references(variables);
  }

  /** Counts again, for the message of a refusal. @returns null for an operation in which no field counts. */
  dearest(variables: Values): DearestField | null {
    return new CostWalk(this.#profile, this.#asked, variables).object(this.#plan, null).dearest;
  }
}

/** What a part of an operation costs. */
interface Counted {
  readonly cost: Term;
  /** Where all sizes are known; otherwise null. */
  readonly dearest: DearestField | null;
}

const NOTHING: Counted = { cost: 0, dearest: null };

class CostWalk {
  readonly #profile: Profile;
  readonly #asked: AskedElsewhere;
  readonly #variables: Values | null;
  /** What is known of objects, by type and selections: where interfaces are nested, the same ones come up again and again. */
  readonly #known = new Map<string, Counted>();
  readonly #ids = new Map<FieldNode, number>();
  #counted = 0;
  /** How many references each field of the operation asks for. */
  readonly references: Term[] = [];

  /** @param variables null to leave the sizes open that they say. */
  constructor(profile: Profile, asked: AskedElsewhere, variables: Values | null) {
    this.#profile = profile;
    this.#asked = asked;
    this.#variables = variables;
  }

  /** @param within lists of the object whose size is known. */
  object({ fields }: ObjectPlan, within: SizedLists | null): Counted {
    const counted = fields.map((field) => this.#field(field, within));
    return { cost: sum(counted.map(({ cost }) => cost)), dearest: dearestOf(counted) };
  }

  #field(field: FieldPlan, within: SizedLists | null): Counted {
    this.#counted++;
    const name = `${field.parentType.name}.${field.name}`;
    if (this.#counted > MAX_COUNTED) return { cost: LARGEST, dearest: { name, cost: LARGEST } };
    const { own: plain, items, lists } = fieldCost(field, this.#profile.field(name)?.cost, within, this.#variables);
    const own = sum([plain, this.#elsewhere(name, items)]);
    if (isReferences(field)) this.references.push(items);
    // What is below an empty list is never asked for.
    const below = items === 0 ? NOTHING : this.#value(field.value, field.nodes, lists);
    const inside = typeof items === 'number' && below.dearest && { ...below.dearest, cost: product(items, below.dearest.cost) as number };
    const self = typeof own === 'number' && own > 0 ? { name, cost: own } : null;
    return { cost: sum([own, product(items, below.cost)]), dearest: dearer(self, inside || null) };
  }

  /** @param items how many things the field answers. */
  #elsewhere(name: string, items: Term): Term {
    if (BY_RULES.has(name)) return this.#asked.byRules;
    return name === SEARCH ? product(items, this.#asked.bySearch) : 0;
  }

  #value(value: ValuePlan, nodes: readonly FieldNode[], lists: SizedLists | null): Counted {
    switch (value.kind) {
      case 'leaf':
        return NOTHING;
      case 'list':
        return this.#value(value.item, nodes, lists);
      case 'object':
        return this.#planned(value.type.name, nodes, lists, value.planOf);
      case 'abstract': {
        const counted = value.possible.map((name) => this.#planned(name, nodes, lists, () => value.planFor(name) as ObjectPlan));
        return { cost: most(counted.map(({ cost }) => cost)), dearest: dearestOf(counted) };
      }
    }
  }

  #planned(type: string, nodes: readonly FieldNode[], lists: SizedLists | null, planOf: () => ObjectPlan): Counted {
    if (lists !== null) return this.object(planOf(), lists);
    const key = `${type} ${nodes.map((node) => this.#idOf(node)).join()}`;
    let counted = this.#known.get(key);
    if (counted === undefined) {
      counted = this.object(planOf(), null);
      this.#known.set(key, counted);
    }
    return counted;
  }

  #idOf(node: FieldNode): number {
    let id = this.#ids.get(node);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(node, id);
    }
    return id;
  }
}

function dearestOf(counted: readonly Counted[]): DearestField | null {
  return counted.reduce<DearestField | null>((dearest, each) => dearer(dearest, each.dearest), null);
}

function dearer(a: DearestField | null, b: DearestField | null): DearestField | null {
  return a === null || (b !== null && b.cost > a.cost) ? b : a;
}
