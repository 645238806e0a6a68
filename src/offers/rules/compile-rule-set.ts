import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';
import { explainMistake } from './cel-problem.ts';
import { NameCheck, type RuleNames } from './check-names.ts';
import { CompiledRuleSet } from './compiled-rule-set.ts';
import { customerTypeOf } from './customer-type.ts';
import type { AudienceQuestions } from './evaluation.ts';
import { ruleClasses } from './rule-context.ts';
import { RULE_LIMITS, ruleEnvironment, VARIABLES } from './rule-environment.ts';
import { ConstantFailure, RuleGraph, type RuleNode } from './rule-graph.ts';
import type { RuleSet } from './rule-set.ts';
import { type ReportRuleProblem, type RuleText, ruleProblem } from './rule-text.ts';
import type { RuleVocabulary } from './rule-vocabulary.ts';
import { partsOf } from './term-text.ts';

/**
 * Checks rules and the audiences that they name, and compiles them together.
 * @param rules each of another name.
 * @param report receives every mistake of every rule once. A mistake in an audience is reported for each set that uses it.
 * @returns null where something was reported.
 */
export function compileRuleSet(rules: readonly RuleText[], vocabulary: RuleVocabulary, report: ReportRuleProblem): RuleSet | null {
  const customer = customerTypeOf(vocabulary);
  const { purposes, audiences } = vocabulary;
  const classes = ruleClasses(customer.fields, purposes);
  const questions: AudienceQuestions = { answer: null };
  const environment = ruleEnvironment(customer.fields, purposes, classes, (name) => questions.answer?.(name) as boolean);
  const names: RuleNames = {
    customer,
    purposes,
    audiences: [...audiences.keys()],
    variables: Object.keys(VARIABLES),
    isKnown: (name) => environment.hasVariable(name),
  };
  const checked = new CheckedRules(environment, names, audiences, once(report));
  for (const rule of rules) checked.add(rule);
  checked.reportCircles();
  if (checked.hasProblems) return null;

  const graph = new RuleGraph(environment, (name) => checked.treeOf(audiences.get(name) as RuleText));
  const nodes = new Map<string, RuleNode>();
  for (const rule of rules) {
    const node = checked.built(rule, () => graph.add(checked.treeOf(rule)));
    if (node !== null) nodes.set(rule.name, node);
  }
  const asked = new Map<string, RuleNode>();
  for (const audience of checked.audiencesSeen) {
    const node = checked.built(audience, () => graph.audience(audience.name));
    if (node !== null) asked.set(audience.name, node);
  }
  if (checked.hasProblems) return null;
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  return new CompiledRuleSet({
    rules: nodes,
    audiences: asked,
    questions,
    classes,
    fields: customer.fields,
    termCount: graph.termCount,
    audiencesOf: (name) => checked.audiencesOf(byName.get(name) as RuleText),
  });
}

/** Rules with their trees, and the audiences that they name with theirs. */
class CheckedRules {
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

  /** An audience that needs itself has no rule. */
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

  /** @returns null where a part of it has no answer, which is reported. */
  built(rule: RuleText, build: () => RuleNode): RuleNode | null {
    try {
      return build();
    } catch (error) {
      if (!(error instanceof ConstantFailure)) throw error;
      // A part of an audience stands in another text.
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
    const { valid, error, type = '' } = parsed.check();
    if (!valid) {
      const { message, range } = explainMistake(error, text);
      // The same mistake, of which the names say more.
      if (range === null ? ranges.length === 0 : !ranges.some((each) => each.start <= range.end && range.start <= each.end))
        this.#problem(rule, range?.start ?? null, message);
    } else if (type !== 'bool' && type !== 'dyn') {
      this.#problem(rule, 0, `expected a rule that is true or false, received one that is ${withArticle(type)}`);
    }
    return ast;
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
  const name = type.replace('google.protobuf.', '').toLowerCase();
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
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

function once(report: ReportRuleProblem): ReportRuleProblem {
  const seen = new Set<string>();
  return (problem) => {
    const key = `${problem.where} ${problem.message}`;
    if (seen.has(key)) return;
    seen.add(key);
    report(problem);
  };
}
