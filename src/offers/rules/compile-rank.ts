import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { RankInputs } from '../definition/compiled-offers.ts';
import { didYouMean } from '../did-you-mean.ts';
import { explainMistake, inWords } from './cel-problem.ts';
import { RULE_LIMITS, withMixedNumbers } from './rule-environment.ts';
import { type ReportRuleProblem, type RuleOrigin, ruleProblem } from './rule-text.ts';
import { partsOf } from './term-text.ts';

/** A compiled rank formula. */
export interface Rank {
  /** @returns what the formula gives; NaN where it has no number, as 0 / 0. An offer without a finite number ranks last. */
  readonly rank: (inputs: RankInputs) => number;
  /** False for a formula that does not name `propensity`. */
  readonly ranksByPropensity: boolean;
}

const INPUTS = ['propensity', 'value', 'priority'] as const;

/** @returns null for a formula with a mistake, which is reported. */
export function compileRank(text: string, origin: RuleOrigin, report: ReportRuleProblem): Rank | null {
  const { text: maxLength, ...limits } = RULE_LIMITS;
  const problem = (offset: number | null, message: string): null => {
    report(ruleProblem({ name: 'rank', text, origin }, offset, message));
    return null;
  };
  if (text.length > maxLength) return problem(null, `expected at most ${maxLength} characters, received ${text.length}`);
  const environment = withMixedNumbers(new Environment({ unlistedVariablesAreDyn: false, limits }));
  for (const name of INPUTS) environment.registerVariable(name, 'double');
  let formula: ParseResult;
  try {
    formula = environment.parse(text);
  } catch (error) {
    const { message, range } = explainMistake(error, text);
    return problem(range?.start ?? null, message);
  }
  const unknown = namesIn(formula.ast).find(({ args }) => !environment.hasVariable(args as string));
  if (unknown !== undefined) {
    const name = String(unknown.args);
    return problem(unknown.start, `expected one of ${INPUTS.join(', ')}; received ${name}${didYouMean(name, INPUTS)}`);
  }
  const { valid, error, type } = formula.check();
  if (!valid) {
    const { message, range } = explainMistake(error, text);
    return problem(range?.start ?? null, message);
  }
  if (type !== 'double' && type !== 'int') return problem(0, `expected a number, received a formula that is ${inWords(type ?? '')}`);
  return { rank: (inputs) => numberOf(formula, inputs), ranksByPropensity: namesIn(formula.ast).some(({ args }) => args === 'propensity') };
}

function namesIn(node: ASTNode): ASTNode[] {
  return node.op === 'id' ? [node] : partsOf(node).flatMap(namesIn);
}

function numberOf(formula: ParseResult, { propensity, value, priority }: RankInputs): number {
  try {
    return Number(formula({ propensity, value, priority }));
  } catch {
    // A division of integers by zero.
    return Number.NaN;
  }
}
