import { CHANNELS } from '../../capture/touchpoints.ts';
import { ASSURANCES } from '../../model/assurance.ts';
import type { RuleNames } from './check-names.ts';
import { CheckedRules } from './checked-rules.ts';
import { CompiledRuleSet } from './compiled-rule-set.ts';
import { customerTypeOf } from './customer-type.ts';
import type { AudienceQuestions } from './evaluation.ts';
import { ruleClasses } from './rule-context.ts';
import { ruleEnvironment, VARIABLES } from './rule-environment.ts';
import { RuleGraph, type RuleNode } from './rule-graph.ts';
import type { RuleSet } from './rule-set.ts';
import { type ReportRuleProblem, type RuleText, reportOnce } from './rule-text.ts';
import type { RuleVocabulary } from './rule-vocabulary.ts';

/**
 * Checks rules and the audiences that they name, and compiles them together.
 * @param rules each of another name.
 * @param report receives every mistake of every rule once. A mistake in an audience is reported for each set that uses it.
 * @returns null where something was reported.
 */
export function compileRuleSet(rules: readonly RuleText[], vocabulary: RuleVocabulary, report: ReportRuleProblem): RuleSet | null {
  const customer = customerTypeOf(vocabulary);
  const { purposes, audiences, touchpoints } = vocabulary;
  const classes = ruleClasses(customer.fields, purposes);
  const questions: AudienceQuestions = { answer: null };
  const environment = ruleEnvironment(customer.fields, purposes, classes, (name) => questions.answer?.(name) as boolean);
  const names: RuleNames = {
    customer,
    purposes,
    audiences: [...audiences.keys()],
    variables: Object.keys(VARIABLES),
    isKnown: (name) => environment.hasVariable(name),
    values: new Map<string, readonly string[]>([
      ['channel', CHANNELS],
      ['customer.assurance', ASSURANCES],
      // Without any, a rule may be written for touchpoints that come later.
      ...(touchpoints.length === 0 ? [] : [['touchpoint', touchpoints] as const]),
    ]),
  };
  const checked = new CheckedRules(environment, names, audiences, reportOnce(report));
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
