import type { ASTNode } from '@marcbachmann/cel-js';
import type { Trait } from '../../model/trait.ts';
import { countTrait, lastTrait, parseWindow } from './journey-traits.ts';
import { VARIABLES } from './rule-environment.ts';
import { literalOf, nameIn, partsOf } from './term-text.ts';

/** What a term reads; its names were checked. */
export interface TermReads {
  /** Names of fields of `Customer`, without `assurance`. */
  readonly customer: ReadonlySet<string>;
  readonly attributes: boolean;
  readonly traits: readonly Trait[];
  readonly audiences: ReadonlySet<string>;
  /** True for a term that reads something of the request: touchpoint, channel, locale, consent, or the customer's assurance. */
  readonly isOfRequest: boolean;
  /** False for a constant term: the same answer for every customer at any time. */
  readonly isVariable: boolean;
  /** True for a term with `has()`, which may read an absent value. */
  readonly asksForAbsent: boolean;
  /** Attributes that are read in any case: without one of them the term is ABSENT. */
  readonly neededAttributes: readonly string[];
}

/** Variables that a request brings. */
const OF_REQUEST: ReadonlySet<string> = new Set(['touchpoint', 'channel', 'locale', 'consent']);

/** Operators that do not always evaluate all of their parts. */
const CONDITIONAL: ReadonlySet<string> = new Set(['?:', '&&', '||']);

export function readsOfTerm(term: ASTNode): TermReads {
  const customer = new Set<string>();
  const audiences = new Set<string>();
  const attributeNames = new Set<string>();
  const traits: Trait[] = [];
  let attributes = false;
  let isVariable = false;
  let isOfRequest = false;
  let asksForAbsent = false;
  let isConditional = false;
  const visit = (node: ASTNode): void => {
    if (CONDITIONAL.has(node.op)) isConditional = true;
    if (node.op === 'id' && Object.hasOwn(VARIABLES, node.args)) {
      isVariable = true;
      if (OF_REQUEST.has(node.args)) isOfRequest = true;
      if (node.args === 'attributes') attributes = true;
    } else if (node.op === '.' || node.op === '[]') {
      const [holder] = node.args;
      const name = nameIn(node);
      if (holder.op === 'id' && name !== null) {
        if (holder.args === 'customer') {
          if (name === 'assurance') isOfRequest = true;
          else customer.add(name);
        }
        if (holder.args === 'attributes') attributeNames.add(name);
      }
    } else if (node.op === 'call') {
      const [name, [argument]] = node.args;
      if (name === 'has') asksForAbsent = true;
      if (name === 'audience') {
        isVariable = true;
        audiences.add(literalOf(argument as ASTNode) as string);
      }
    } else if (node.op === 'rcall') {
      const [name, receiver, args] = node.args;
      if (receiver.op === 'id' && receiver.args === 'journey') traits.push(traitOf(name, args));
      // A loop over an empty list evaluates nothing.
      if (args[0]?.op === 'id') isConditional = true;
    }
    for (const part of partsOf(node)) visit(part);
  };
  visit(term);
  const neededAttributes = isConditional || asksForAbsent ? [] : [...attributeNames];
  return { customer, attributes, traits, audiences, isOfRequest, isVariable, asksForAbsent, neededAttributes };
}

function traitOf(name: string, args: readonly ASTNode[]): Trait {
  const [type = '', window = ''] = args.map((each) => literalOf(each) as string);
  return name === 'count' ? countTrait(type, parseWindow(window)) : lastTrait(type);
}
