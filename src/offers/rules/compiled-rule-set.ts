import { type Assurance, isAtLeast, strongestAssurance } from '../../model/assurance.ts';
import type { Trait } from '../../model/trait.ts';
import { DEFAULT_ACCESS } from '../../profile/access.ts';
import type { CustomerField } from './customer-type.ts';
import { type AudienceQuestions, Evaluation } from './evaluation.ts';
import { type RuleClasses, RuleContext } from './rule-context.ts';
import type { RuleNode } from './rule-graph.ts';
import { type RuleReads, type RuleSet, type RuleState, readsCustomer, type Verdict } from './rule-set.ts';

/** What a rule set is made of: everything was checked. */
export interface RuleSetParts {
  readonly rules: ReadonlyMap<string, RuleNode>;
  /** Those that terms ask for. */
  readonly audiences: ReadonlyMap<string, RuleNode>;
  readonly questions: AudienceQuestions;
  readonly classes: RuleClasses;
  readonly fields: ReadonlyMap<string, CustomerField>;
  readonly termCount: number;
  /** Names of the audiences of a rule, with the audiences of these. */
  readonly audiencesOf: (rule: string) => readonly string[];
}

interface CompiledRule {
  readonly node: RuleNode;
  readonly reads: RuleReads;
  readonly readsCustomer: boolean;
  /** How well a customer must be proven for everything that it reads. */
  readonly required: Assurance;
}

export class CompiledRuleSet implements RuleSet {
  readonly reads: RuleReads;
  readonly traits: readonly Trait[];
  readonly termCount: number;
  readonly #parts: RuleSetParts;
  readonly #rules: ReadonlyMap<string, CompiledRule>;

  constructor(parts: RuleSetParts) {
    this.#parts = parts;
    this.termCount = parts.termCount;
    const traits = new Map<string, Trait>();
    this.#rules = new Map([...parts.rules].map(([name, node]) => [name, compiledRule(name, node, parts, traits)]));
    this.reads = joined([...this.#rules.values()].map(({ reads }) => reads));
    this.traits = [...traits.values()];
  }

  argumentsOf(field: string): Readonly<Record<string, unknown>> {
    const known = this.#parts.fields.get(field);
    if (known === undefined) throw new TypeError(`expected a field that rules read, received ${JSON.stringify(field)}`);
    return known.args;
  }

  readsOf(name: string): RuleReads {
    return this.#rule(name).reads;
  }

  over(state: RuleState): (name: string) => Verdict {
    const { audiences, questions, classes } = this.#parts;
    const evaluation = new Evaluation(new RuleContext(state, classes), audiences, questions);
    return (name) => {
      const rule = this.#rule(name);
      const { required } = rule;
      if (rule.readsCustomer && !isAtLeast(state.assurance, required)) return { kind: 'WITHHELD', reason: 'assurance', required };
      if (rule.readsCustomer && !state.mayBeRead) return { kind: 'WITHHELD', reason: 'personalisation', required };
      return evaluation.verdictOf(rule.node);
    };
  }

  #rule(name: string): CompiledRule {
    const rule = this.#rules.get(name);
    if (rule === undefined) throw new TypeError(`expected a rule of this set, received ${JSON.stringify(name)}`);
    return rule;
  }
}

function compiledRule(name: string, node: RuleNode, parts: RuleSetParts, traits: Map<string, Trait>): CompiledRule {
  const { fields, audiences } = parts;
  const customer = new Set<string>();
  const ofRule = new Set<string>();
  let attributes = false;
  let isOfRequest = false;
  const seen = new Set<RuleNode>();
  const visit = (each: RuleNode): void => {
    if (seen.has(each)) return;
    seen.add(each);
    if (each.kind === 'all' || each.kind === 'any') each.parts.forEach(visit);
    if (each.kind !== 'term') return;
    const { reads } = each.term;
    for (const field of reads.customer) customer.add(field);
    attributes ||= reads.attributes;
    isOfRequest ||= reads.isOfRequest;
    for (const trait of reads.traits) {
      traits.set(trait.name, trait);
      ofRule.add(trait.name);
    }
    for (const audience of reads.audiences) visit(audiences.get(audience) as RuleNode);
  };
  visit(node);
  const fieldsRead = [...customer].map((field) => fields.get(field) as CustomerField);
  const sources = new Set(fieldsRead.flatMap((field) => field.sources));
  const named = { sources: [...sources], audiences: parts.audiencesOf(name) };
  const reads = { customer: [...customer], attributes, traits: [...ofRule], ...named, isOfRequest };
  return {
    node,
    reads,
    readsCustomer: readsCustomer(reads),
    required: strongestAssurance([DEFAULT_ACCESS.min, ...fieldsRead.map(({ min }) => min)]),
  };
}

function joined(reads: readonly RuleReads[]): RuleReads {
  const all = (of: (each: RuleReads) => readonly string[]) => [...new Set(reads.flatMap(of))];
  return {
    customer: all(({ customer }) => customer),
    attributes: reads.some(({ attributes }) => attributes),
    traits: all(({ traits }) => traits),
    sources: all(({ sources }) => sources),
    audiences: all(({ audiences }) => audiences),
    isOfRequest: reads.some((each) => each.isOfRequest),
  };
}
