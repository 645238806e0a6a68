import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';
import { explainMistake, inWords } from './cel-problem.ts';
import { NameCheck, type RuleNames } from './check-names.ts';
import { RULE_LIMITS } from './rule-environment.ts';
import { ConstantFailure, type RuleNode } from './rule-graph.ts';
import { type ReportRuleProblem, type RuleText, ruleProblem } from './rule-text.ts';
import { partsOf, textOf } from './term-text.ts';

/** Parses and checks rules, with the audiences that they name, and keeps their syntax trees. */
export class CheckedRules {
  readonly #environment: Environment;
  readonly #names: RuleNames;
  readonly #audiences: ReadonlyMap<string, RuleText>;
  readonly #report: ReportRuleProblem;
  readonly #rules = new Map<RuleText, { readonly tree: ASTNode | null; readonly audiences: ReadonlyMap<string, ASTNode> }>();
  hasProblems = false;

  constructor(environment: Environment, names: RuleNames, audiences: ReadonlyMap<string, RuleText>, report: ReportRuleProblem) {
    this.#environment = environment;
    this.#names = names;
    this.#audiences = audiences;
    this.#report = report;
  }

  add(rule: RuleText): void {
    if (this.#rules.has(rule)) return;
    const tree = rule.text === null ? null : this.#checked(rule, rule.text);
    const named = new Map<string, ASTNode>();
    if (tree !== null) collectAudiences(tree, named);
    this.#rules.set(rule, { tree, audiences: named });
    for (const name of named.keys()) {
      const audience = this.#audiences.get(name);
      if (audience !== undefined) this.add(audience);
    }
  }

  treeOf(rule: RuleText): ASTNode | null {
    return this.#rules.get(rule)?.tree ?? null;
  }

  /** The audiences that some rule names. */
  get audiencesSeen(): RuleText[] {
    return [...this.#audiences.values()].filter((audience) => this.#rules.has(audience));
  }

  /** Names of the audiences of a rule, and of theirs. */
  audiencesOf(rule: RuleText): string[] {
    const found = new Set<string>();
    const visit = (each: RuleText | undefined) => {
      for (const name of (each && this.#rules.get(each)?.audiences.keys()) ?? []) {
        if (found.has(name)) continue;
        found.add(name);
        visit(this.#audiences.get(name));
      }
    };
    visit(rule);
    return [...found];
  }

  /** Reports audiences that name each other in a circle: they have no answer. */
  reportCircles(): void {
    const done = new Set<string>();
    const visit = (name: string, path: readonly string[]): void => {
      const rule = this.#audiences.get(name);
      if (rule === undefined || done.has(name)) return;
      for (const [next, node] of this.#rules.get(rule)?.audiences ?? []) {
        const start = [...path, name].indexOf(next);
        if (start === -1) visit(next, [...path, name]);
        else
          this.#problem(
            rule,
            node.start,
            `expected audiences without a circle, received ${[...path, name, next].slice(start).join(' > ')}`,
          );
      }
      done.add(name);
    };
    for (const name of this.#audiences.keys()) visit(name, []);
  }

  /** @returns null where `build` finds a constant part without an answer, such as `1 / 0 == 1`; it is reported. */
  built(rule: RuleText, build: () => RuleNode): RuleNode | null {
    try {
      return build();
    } catch (error) {
      if (!(error instanceof ConstantFailure)) throw error;
      // The part may stand in the text of an audience.
      const { node } = error;
      const isOwn = node.input === rule.text;
      const owner = isOwn ? rule : (this.audiencesSeen.find(({ text }) => text === node.input) ?? rule);
      this.#problem(owner, node.start, error.message);
      return null;
    }
  }

  /** @returns null for a rule with a mistake, which is reported. */
  #checked(rule: RuleText, text: string): ASTNode | null {
    if (text.length > RULE_LIMITS.text) {
      this.#problem(
        rule,
        null,
        `expected at most ${RULE_LIMITS.text} characters, received ${text.length}; an audience can have a part of it`,
      );
      return null;
    }
    let parsed: ParseResult;
    try {
      parsed = this.#environment.parse(text);
    } catch (error) {
      const { message, range } = explainMistake(error, text);
      this.#problem(rule, range?.start ?? null, message);
      return null;
    }
    const { ast } = parsed;
    if (depthOf(ast) > RULE_LIMITS.maxDepth) {
      this.#problem(
        rule,
        null,
        `expected at most ${RULE_LIMITS.maxDepth} parts within each other, received more; an audience can have a part of it`,
      );
      return null;
    }
    const ranges: { readonly start: number; readonly end: number }[] = [];
    new NameCheck(this.#names, (node, message) => {
      ranges.push(node);
      this.#problem(rule, pointOf(node), message);
    }).check(ast);
    const whole = parsed.check();
    if (whole.valid && isTruth(whole.type)) return ast;
    let isReported = ranges.length > 0;
    const first = whole.valid ? null : explainMistake(whole.error, text);
    for (const part of booleanParts(ast)) {
      const message = this.#typeProblem(part, part === ast);
      // A wrong name in this part was reported already, and its type follows from the name.
      if (message === null || ranges.some((range) => part.start <= range.start && range.start <= part.end)) continue;
      const at = first?.range && part.start <= first.range.start && first.range.start <= part.end ? first.range.start : part.start;
      this.#problem(rule, at, message);
      isReported = true;
    }
    if (first !== null && !isReported) this.#problem(rule, first.range?.start ?? null, first.message);
    return ast;
  }

  /** cel-js stops at the first mistake of a text, so each part is checked alone. */
  #typeProblem(part: ASTNode, isWhole: boolean): string | null {
    const text = textOf(part);
    const { valid, error, type = '' } = this.#environment.check(text);
    if (!valid) return explainMistake(error, text).message;
    if (isTruth(type)) return null;
    const received = isWhole ? `one that is ${withArticle(type)}` : `${text}, which is ${withArticle(type)}`;
    return `expected a ${isWhole ? 'rule' : 'part'} that is true or false, received ${received}`;
  }

  #problem(rule: RuleText, offset: number | null, message: string): void {
    this.hasProblems = true;
    this.#report(ruleProblem(rule, offset, message));
  }
}

/** Where the name of a field is, not where the expression before it begins. */
function pointOf(node: ASTNode): number {
  return node.op === '.' ? node.pos : node.start;
}

function withArticle(type: string): string {
  const name = inWords(type);
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** A value of any type may be true or false. */
function isTruth(type: string | undefined): boolean {
  return type === 'bool' || type === 'dyn';
}

/** What `&&`, `||` and `!` combine. */
function booleanParts(node: ASTNode): ASTNode[] {
  return node.op === '&&' || node.op === '||' || node.op === '!_' ? partsOf(node).flatMap(booleanParts) : [node];
}

function depthOf(node: ASTNode): number {
  let deepest = 0;
  for (const part of partsOf(node)) deepest = Math.max(deepest, depthOf(part));
  return deepest + 1;
}

/** @param found the first call of each. */
function collectAudiences(node: ASTNode, found: Map<string, ASTNode>): void {
  if (node.op === 'call' && node.args[0] === 'audience') {
    const [argument] = node.args[1];
    if (argument?.op === 'value' && typeof argument.args === 'string' && !found.has(argument.args)) found.set(argument.args, node);
  }
  for (const part of partsOf(node)) collectAudiences(part, found);
}
