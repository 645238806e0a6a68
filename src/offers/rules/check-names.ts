import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean, unknownName } from '../did-you-mean.ts';
import type { CustomerType } from './customer-type.ts';
import { parseWindow } from './journey-traits.ts';
import type { RuleType } from './rule-types.ts';
import { literalOf, nameIn, partsOf, textOf } from './term-text.ts';

/** What rules may name. */
export interface RuleNames {
  readonly customer: CustomerType;
  readonly purposes: readonly string[];
  readonly audiences: readonly string[];
  /** Everything that stands alone: variables of rules, and constants of CEL. */
  readonly isKnown: (name: string) => boolean;
  /** The variables, for messages. */
  readonly variables: readonly string[];
  /** Of texts that have few values: all of them, by the text of the expression, such as `channel`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

type Report = (node: ASTNode, message: string) => void;
/** Variables of loops, with the types of their items where those are known. */
type Scope = ReadonlyMap<string, RuleType | null>;

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** A loop within a loop looks at each item for each item; a third one would take seconds. */
const MAX_LOOPS = 2;
/** Variables that have parts and are no values themselves, each with a part as an example for messages. */
const HOLDERS = { customer: 'customer.name', consent: 'consent.personalisation', journey: 'journey.count("purchase", "30d")' } as const;

/**
 * Reports names that do not exist or that these rules may not read, and expressions that cel-js accepts and rules don't. cel-js
 * itself reports only the first unknown name, and none within `has()`.
 */
export class NameCheck {
  readonly #names: RuleNames;
  readonly #report: Report;

  constructor(names: RuleNames, report: Report) {
    this.#names = names;
    this.#report = report;
  }

  check(node: ASTNode): void {
    this.#walk(node, new Map(), 0);
  }

  #walk(node: ASTNode, scope: Scope, loops: number): void {
    switch (node.op) {
      case 'id':
        this.#variable(node, scope);
        return;
      case '.':
      case '[]':
        this.#access(node, scope, loops);
        return;
      case 'call':
        this.#call(node, scope, loops);
        return;
      case 'rcall':
        this.#method(node, scope, loops);
        return;
      case '==':
      case '!=':
      case 'in':
        this.#comparison(node, scope);
        for (const part of partsOf(node)) this.#walk(part, scope, loops);
        return;
      default:
        for (const part of partsOf(node)) this.#walk(part, scope, loops);
    }
  }

  /** `channel == "web"` is never true: the value is `WEB`. A rule that nothing can make true is a mistake that nobody would see. */
  #comparison({ args: [left, right] }: ASTNode & { op: '==' | '!=' | 'in' }, scope: Scope): void {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const values = this.#valuesOf(one, scope);
      if (values === null) continue;
      for (const part of other.op === 'list' ? other.args : [other]) {
        const literal = literalOf(part);
        if (literal !== null && !values.includes(literal))
          this.#report(part, unknownName(`a value of ${textOf(one)}`, literal, values, JSON.stringify(literal)));
      }
    }
  }

  /** The values that an expression, or an item of it, can have; null where those are any. */
  #valuesOf(node: ASTNode, scope: Scope): readonly string[] | null {
    const known = node.op === 'id' && scope.has(node.args) ? undefined : this.#names.values.get(textOf(node));
    if (known !== undefined) return known;
    const type = this.#typeOf(node, scope);
    const item = type?.kind === 'list' ? type.of : type;
    return (item?.kind === 'leaf' && item.values) || null;
  }

  #variable(node: ASTNode & { op: 'id' }, scope: Scope): void {
    const name = node.args;
    if (scope.has(name)) return;
    const { isKnown, variables } = this.#names;
    if (Object.hasOwn(HOLDERS, name)) {
      this.#report(node, `expected a part of ${name}, such as ${HOLDERS[name as keyof typeof HOLDERS]}; received ${name} alone`);
    } else if (!isKnown(name)) {
      const advice = didYouMean(name, variables) || '; a text stands in quotes';
      this.#report(node, `expected one of ${variables.join(', ')}; received ${name}${advice}`);
    }
  }

  /** `customer.name`, `consent["personalisation"]`, `e.node.total` */
  #access(node: ASTNode & { op: '.' | '[]' }, scope: Scope, loops: number): void {
    const [holder] = node.args;
    const name = nameIn(node);
    if (node.op === '[]' && name === null) this.#walk(node.args[1], scope, loops);
    const root = rootOf(holder, scope);
    if (root !== null && root !== 'journey') {
      if (name === null) this.#report(node, `expected the name of a part of ${root} in quotes, received ${textOf(node)}`);
      else if (root === 'customer') this.#customerField(node, name);
      else if (!this.#names.purposes.includes(name))
        this.#report(node, unknownName('a purpose', name, this.#names.purposes, `consent.${name}`));
      return;
    }
    if (root === 'journey') {
      this.#report(node, `expected journey.count("purchase", "30d") or journey.last("purchase"), received ${textOf(node)}`);
      return;
    }
    this.#walk(holder, scope, loops);
    const type = this.#typeOf(holder, scope);
    if (type?.kind !== 'record') return;
    const { record } = type;
    const field = name === null ? undefined : record.fields.get(name);
    if (field === undefined) {
      const names = [...record.fields].flatMap(([each, { problem }]) => (problem === null ? [each] : []));
      const received = textOf(node);
      this.#report(
        node,
        name === null
          ? `expected the name of a field of ${record.name} in quotes, received ${received}`
          : unknownName(`a field of ${record.name}`, name, names, received),
      );
    } else if (field.problem !== null) {
      this.#report(node, `expected a field that these rules can read, received ${textOf(node)}: ${field.problem}`);
    }
  }

  #customerField(node: ASTNode, name: string): void {
    const { fields, problems } = this.#names.customer;
    if (fields.has(name) || name === 'assurance') return;
    const problem = problems.get(name);
    if (problem === undefined)
      this.#report(node, unknownName('a field of Customer', name, [...fields.keys(), 'assurance'], `customer.${name}`));
    else this.#report(node, `expected a field that these rules can read, received customer.${name}: ${problem}`);
  }

  #call(node: ASTNode & { op: 'call' }, scope: Scope, loops: number): void {
    const [name, args] = node.args;
    if (name === 'matches') this.#regularExpression(node);
    if (name === 'audience') {
      const [audience] = args;
      const known = this.#names.audiences;
      if (args.length !== 1 || audience === undefined || literalOf(audience) === null)
        this.#report(node, `expected the name of an audience in quotes, such as audience("loyal"); received ${textOf(node)}`);
      else if (!known.includes(literalOf(audience) as string))
        this.#report(audience, unknownName('an audience', literalOf(audience) as string, known, textOf(node)));
      return;
    }
    const [field] = args;
    if (name === 'has' && field?.op !== '.')
      this.#report(node, `expected has() of a field or an attribute, such as has(customer.name); received ${textOf(node)}`);
    for (const part of args) this.#walk(part, scope, loops);
  }

  #method(node: ASTNode & { op: 'rcall' }, scope: Scope, loops: number): void {
    const [name, receiver, args] = node.args;
    if (name === 'matches') this.#regularExpression(node);
    if (rootOf(receiver, scope) === 'journey') {
      this.#journey(node);
      return;
    }
    this.#walk(receiver, scope, loops);
    const [variable, ...rest] = args;
    const isBind = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
    if (variable?.op !== 'id' || !(isBind || (LOOPS.has(name) && rest.length > 0))) {
      for (const part of args) this.#walk(part, scope, loops);
      return;
    }
    if (this.#names.variables.includes(variable.args))
      this.#report(variable, `expected another name for an item, received ${variable.args}, which means something else`);
    if (!isBind && loops === MAX_LOOPS)
      this.#report(node, `expected at most ${MAX_LOOPS} loops within each other, received a third one: ${name}`);
    const value = isBind ? rest[0] : undefined;
    const list = this.#typeOf(receiver, scope);
    const item = value === undefined ? (list?.kind === 'list' ? list.of : null) : this.#typeOf(value, scope);
    const inner = new Map([...scope, [variable.args, item]]);
    if (value !== undefined) this.#walk(value, scope, loops);
    for (const part of value === undefined ? rest : rest.slice(1)) this.#walk(part, inner, isBind ? loops : loops + 1);
  }

  #journey(node: ASTNode & { op: 'rcall' }): void {
    const [name, , args] = node.args;
    const texts = args.map(literalOf);
    const [type, window] = texts;
    const expected = { count: 'journey.count("purchase", "30d")', last: 'journey.last("purchase")' };
    if (!Object.hasOwn(expected, name)) {
      this.#report(node, unknownName('journey.count or journey.last', name, Object.keys(expected), textOf(node)));
    } else if (texts.length !== (name === 'count' ? 2 : 1) || texts.includes(null) || type === '') {
      const words = name === 'count' ? 'a type of interactions and a duration, both' : 'a type of interactions';
      this.#report(node, `expected ${words} in quotes, such as ${expected[name as 'count']}; received ${textOf(node)}`);
    } else if (name === 'count') {
      try {
        parseWindow(window as string);
      } catch (error) {
        this.#report(args[1] as ASTNode, (error as Error).message);
      }
    }
  }

  #regularExpression(node: ASTNode): void {
    const reason = 'a regular expression can take minutes on a text of a few dozen characters';
    this.#report(node, `expected contains(), startsWith() or endsWith(), received matches(): ${reason}`);
  }

  /** The type of what is read from the schema; null for what rules compute. */
  #typeOf(node: ASTNode, scope: Scope): RuleType | null {
    switch (node.op) {
      case 'id':
        return scope.get(node.args) ?? null;
      case '.':
      case '[]': {
        const [holder] = node.args;
        const name = nameIn(node);
        if (rootOf(holder, scope) === 'customer') return (name !== null && this.#names.customer.fields.get(name)?.type) || null;
        const type = this.#typeOf(holder, scope);
        if (type?.kind === 'list') return node.op === '[]' ? type.of : null;
        return (type?.kind === 'record' && name !== null && type.record.fields.get(name)?.type) || null;
      }
      case 'rcall':
        return node.args[0] === 'filter' ? this.#typeOf(node.args[1], scope) : null;
      case '?:':
        return this.#typeOf(node.args[1], scope) ?? this.#typeOf(node.args[2], scope);
      default:
        return null;
    }
  }
}

function rootOf(node: ASTNode, scope: Scope): keyof typeof HOLDERS | null {
  return node.op === 'id' && !scope.has(node.args) && Object.hasOwn(HOLDERS, node.args) ? (node.args as keyof typeof HOLDERS) : null;
}
