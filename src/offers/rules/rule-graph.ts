import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';
import type { Verdict } from './rule-set.ts';
import { readsOfTerm, type TermReads } from './term-reads.ts';
import { partsOf, textOf } from './term-text.ts';

/** A part of a rule between `&&`, `||` and `!`, which cel-js evaluates. Terms of the same text are the same object. */
export interface Term {
  readonly id: number;
  readonly text: string;
  readonly reads: TermReads;
  readonly run: ParseResult;
  readonly whenFalse: Verdict;
  readonly whenAbsent: Verdict;
  readonly whenUnfit: Verdict;
}

/**
 * A rule as a tree. Equal parts are the same object, so that each is evaluated once. Only terms are negated: De Morgan's laws move
 * each `!` to them.
 */
export type RuleNode =
  | { readonly kind: 'constant'; readonly id: number; readonly value: boolean; readonly text: string; readonly verdict: Verdict }
  | {
      readonly kind: 'term';
      readonly id: number;
      readonly term: Term;
      readonly isNegated: boolean;
      readonly text: string;
      readonly whenFalse: Verdict;
    }
  | {
      readonly kind: 'all' | 'any';
      readonly id: number;
      readonly parts: readonly RuleNode[];
      readonly text: string;
      readonly whenFalse: Verdict;
    };

/** A constant part of a rule can't be evaluated, such as `1 / 0 == 1`. */
export class ConstantFailure extends Error {
  readonly node: ASTNode;

  constructor(node: ASTNode, cause: unknown) {
    super(`expected a part that can be evaluated, received ${textOf(node)}: ${summaryOf(cause)}`, { cause });
    this.node = node;
  }
}

/** Makes the trees of all rules of a set. */
export class RuleGraph {
  readonly #environment: Environment;
  readonly #ruleOfAudience: (name: string) => ASTNode | null;
  readonly #nodes = new Map<string, RuleNode>();
  readonly #terms = new Map<string, Term | boolean>();
  readonly #inlinedAudiences = new Map<string, RuleNode>();
  #termCount = 0;

  /** @param ruleOfAudience null: its rule is true for everybody. There is no circle of audiences. */
  constructor(environment: Environment, ruleOfAudience: (name: string) => ASTNode | null) {
    this.#environment = environment;
    this.#ruleOfAudience = ruleOfAudience;
  }

  get termCount(): number {
    return this.#termCount;
  }

  /** @param rule checked; null: true for everybody. @throws ConstantFailure */
  add(rule: ASTNode | null): RuleNode {
    return rule === null ? this.#constant(true, 'true') : this.#node(rule, false);
  }

  audience(name: string): RuleNode {
    return this.#inlined(name, false);
  }

  /** Made once for each audience. Otherwise a chain of audiences that each name the next one twice would double the tree at every step. */
  #inlined(name: string, isNegated: boolean): RuleNode {
    const key = `${isNegated ? '!' : ''}${name}`;
    let node = this.#inlinedAudiences.get(key);
    if (node === undefined) {
      const rule = this.#ruleOfAudience(name);
      node = rule === null ? this.#constant(!isNegated, String(!isNegated)) : this.#node(rule, isNegated);
      this.#inlinedAudiences.set(key, node);
    }
    return node;
  }

  #node(rule: ASTNode, isNegated: boolean): RuleNode {
    switch (rule.op) {
      case '!_':
        return this.#node(rule.args, !isNegated);
      case '&&':
      case '||':
        return this.#combined(
          (rule.op === '&&') === isNegated ? 'any' : 'all',
          rule.args.map((part) => this.#node(part, isNegated)),
        );
      case 'call': {
        const [name, [argument]] = rule.args;
        if (name === 'audience') return this.#inlined((argument as ASTNode & { op: 'value' }).args as string, isNegated);
        if (name === 'has') return this.#presence(argument as ASTNode & { op: '.' }, isNegated);
        return this.#term(rule, textOf(rule), isNegated);
      }
      default:
        return this.#term(rule, textOf(rule), isNegated);
    }
  }

  /**
   * `has(customer.loyalty.tier)` is false for a customer without `loyalty`, as CEL has it for messages; cel-js throws there. So
   * each object on the way is asked for first.
   */
  #presence(field: ASTNode & { op: '.' }, isNegated: boolean): RuleNode {
    const path = [field];
    for (let [holder] = field.args; holder.op === '.'; [holder] = holder.args) path.unshift(holder);
    return this.#combined(
      isNegated ? 'any' : 'all',
      path.map((each) => this.#term(each, `has(${textOf(each)})`, isNegated)),
    );
  }

  #term(node: ASTNode, text: string, isNegated: boolean): RuleNode {
    let term = this.#terms.get(text);
    if (term === undefined) {
      term = this.#evaluable(node, text);
      this.#terms.set(text, term);
    }
    const shown = isNegated ? `!(${text})` : text;
    if (typeof term === 'boolean') return this.#constant(term !== isNegated, shown);
    const found = term;
    return this.#kept(`term:${shown}`, (id) => {
      const whenFalse: Verdict = isNegated ? { kind: 'FALSE', term: shown } : found.whenFalse;
      return { kind: 'term', id, term: found, isNegated, text: shown, whenFalse };
    });
  }

  /** @returns the answer of a term that is the same for everybody. */
  #evaluable(node: ASTNode, text: string): Term | boolean {
    const run = this.#environment.parse(text);
    if (textOf(run.ast) !== text) throw new Error(`expected the text of a rule's part to be parsed to the same, received ${text}`);
    const { valid, error } = run.check();
    if (!valid) throw new ConstantFailure(node, error);
    const isPresence = text.startsWith('has(');
    const reads = readsOfTerm(isPresence ? run.ast : node);
    if (!reads.isVariable) return constantAnswer(run, node);
    for (const part of constantParts(node)) constantValue(this.#environment.parse(textOf(part)), part);
    return {
      id: this.#termCount++,
      text,
      reads,
      run,
      whenFalse: { kind: 'FALSE', term: text },
      whenAbsent: { kind: 'ABSENT', term: text },
      whenUnfit: { kind: 'ABSENT', term: text, isUnfit: true },
    };
  }

  #combined(kind: 'all' | 'any', parts: readonly RuleNode[]): RuleNode {
    const flat = new Set<RuleNode>();
    for (const part of parts.flatMap((each) => (each.kind === kind ? each.parts : [each]))) {
      // A constant decides, or it changes nothing.
      if (part.kind !== 'constant') flat.add(part);
      else if (part.value === (kind === 'any')) return part;
    }
    const [first, ...others] = flat;
    if (first === undefined) return parts[0] as RuleNode;
    if (others.length === 0) return first;
    const key = `${kind}:${[...flat].map(({ id }) => id).join(' ')}`;
    return this.#kept(key, (id) => {
      const texts = [...flat].map((part) => (part.kind === 'all' || part.kind === 'any' ? `(${part.text})` : part.text));
      const text = shortened(texts.join(kind === 'all' ? ' && ' : ' || '));
      return { kind, id, parts: [...flat], text, whenFalse: { kind: 'FALSE', term: text } };
    });
  }

  #constant(value: boolean, text: string): RuleNode {
    const verdict: Verdict = value ? { kind: 'TRUE' } : { kind: 'FALSE', term: text };
    return this.#kept(`constant:${value}:${text}`, (id) => ({ kind: 'constant', id, value, text, verdict }));
  }

  #kept(key: string, make: (id: number) => RuleNode): RuleNode {
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = make(this.#nodes.size);
    this.#nodes.set(key, node);
    return node;
  }
}

/** Characters of a node's text. It contains the rules of audiences, so without a bound it could be longer than any file. */
const MAX_TEXT = 1_000;

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** The largest parts that are the same for everybody, such as `timestamp("2026-12-01T00:00:00Z")` in a comparison with `now`. */
function constantParts(node: ASTNode): ASTNode[] {
  if (node.op === 'value') return [];
  return isConstant(node) ? [node] : partsOf(node).flatMap(constantParts);
}

function isConstant(node: ASTNode): boolean {
  return node.op !== 'id' && !(node.op === 'call' && node.args[0] === 'audience') && partsOf(node).every(isConstant);
}

function constantAnswer(run: ParseResult, node: ASTNode): boolean {
  const answer = constantValue(run, node);
  if (typeof answer === 'boolean') return answer;
  throw new ConstantFailure(node, new Error('it is neither true nor false'));
}

/** @throws ConstantFailure for a part without a value: it would have none for any customer. */
function constantValue(run: ParseResult, node: ASTNode): unknown {
  try {
    return run({});
  } catch (error) {
    throw new ConstantFailure(node, error);
  }
}

/** How a text is written from which a time or a duration is read, by the codes of cel-js. */
const WRITTEN: Readonly<Record<string, string>> = {
  invalid_timestamp: 'a time is written timestamp("2026-12-01T00:00:00Z")',
  invalid_duration: 'a duration is written duration("36h"), "30m" or "10s"',
};

function summaryOf(cause: unknown): string {
  const { code = '', summary, message } = cause as { readonly code?: string; readonly summary?: string; readonly message: string };
  return WRITTEN[code] ?? summary ?? message;
}
