import { ABSENT_VALUE, SourceFailure } from './reading.ts';
import type { RuleContext } from './rule-context.ts';
import type { RuleNode, Term } from './rule-graph.ts';
import type { Verdict } from './rule-set.ts';

const TRUE: Verdict = { kind: 'TRUE' };
/** Codes of cel-js for a value that is not there. */
const ABSENCES: ReadonlySet<unknown> = new Set(['no_such_key', 'index_out_of_bounds', 'unknown_variable']);

/**
 * How `audience(name)` in a term reaches the evaluation under way. cel-js passes its functions no context, so the evaluation sets
 * `answer` before it runs a term.
 */
export interface AudienceQuestions {
  answer: ((name: string) => boolean) | null;
}

/** Evaluates the rules of a set over one state, each term at most once and only when it is needed. */
export class Evaluation {
  readonly #context: RuleContext;
  readonly #audiences: ReadonlyMap<string, RuleNode>;
  readonly #questions: AudienceQuestions;
  /** By the ids of nodes and of terms. */
  readonly #verdicts: (Verdict | undefined)[] = [];
  readonly #terms: (Verdict | undefined)[] = [];

  constructor(context: RuleContext, audiences: ReadonlyMap<string, RuleNode>, questions: AudienceQuestions) {
    this.#context = context;
    this.#audiences = audiences;
    this.#questions = questions;
  }

  verdictOf(node: RuleNode): Verdict {
    const known = this.#verdicts[node.id];
    if (known !== undefined) return known;
    const verdict = this.#evaluate(node);
    this.#verdicts[node.id] = verdict;
    return verdict;
  }

  #evaluate(node: RuleNode): Verdict {
    switch (node.kind) {
      case 'constant':
        return node.verdict;
      case 'term': {
        const verdict = this.#termVerdict(node.term);
        if (!node.isNegated) return verdict;
        if (verdict.kind === 'TRUE') return node.whenFalse;
        return verdict.kind === 'FALSE' ? TRUE : verdict;
      }
      case 'all': {
        // The first FALSE decides; else ABSENT, since it cannot become true; else UNKNOWN.
        let worst = TRUE;
        for (const part of node.parts) {
          const verdict = this.verdictOf(part);
          if (verdict.kind === 'FALSE') return verdict;
          if (RANK[verdict.kind] < RANK[worst.kind]) worst = verdict;
        }
        return worst;
      }
      case 'any': {
        // The first TRUE decides; else UNKNOWN, since it may become true; else ABSENT.
        let best = node.whenFalse;
        for (const part of node.parts) {
          const verdict = this.verdictOf(part);
          if (verdict.kind === 'TRUE') return verdict;
          if (RANK[verdict.kind] > RANK[best.kind]) best = verdict;
        }
        return best;
      }
    }
  }

  #termVerdict(term: Term): Verdict {
    const known = this.#terms[term.id];
    if (known !== undefined) return known;
    const verdict = this.#evaluateTerm(term);
    this.#terms[term.id] = verdict;
    return verdict;
  }

  /** Re-entrant: a term may ask for an audience, whose terms are then evaluated within this call. */
  #evaluateTerm(term: Term): Verdict {
    const { reading } = this.#context;
    const outer = { isStrict: reading.isStrict, answer: this.#questions.answer };
    const { asksForAbsent, neededAttributes } = term.reads;
    this.#questions.answer = this.#isInAudience;
    try {
      for (const name of neededAttributes) if (this.#context.attributes[name] === undefined) return term.whenAbsent;
      reading.begin(!asksForAbsent);
      const answer = term.run(this.#context) as unknown;
      if (answer === true) return TRUE;
      return answer === false ? term.whenFalse : term.whenUnfit;
    } catch (error) {
      if (error === ABSENT_VALUE) return term.whenAbsent;
      if (error instanceof SourceFailure) return unknown(term.text, error);
      return ABSENCES.has((error as { readonly code?: unknown } | null)?.code) ? term.whenAbsent : term.whenUnfit;
    } finally {
      reading.isStrict = outer.isStrict;
      this.#questions.answer = outer.answer;
    }
  }

  readonly #isInAudience = (name: string): boolean => {
    const verdict = this.verdictOf(this.#audiences.get(name) as RuleNode);
    if (verdict.kind === 'TRUE' || verdict.kind === 'FALSE') return verdict.kind === 'TRUE';
    throw verdict.kind === 'UNKNOWN' ? this.#context.reading.failure(verdict.source, verdict.isRefused) : ABSENT_VALUE;
  };
}

function unknown(term: string, { source, isRefused }: SourceFailure): Verdict {
  return isRefused ? { kind: 'UNKNOWN', term, source, isRefused } : { kind: 'UNKNOWN', term, source };
}

/** How near a verdict is to TRUE. */
const RANK: Readonly<Record<Verdict['kind'], number>> = { WITHHELD: -1, FALSE: 0, ABSENT: 1, UNKNOWN: 2, TRUE: 3 };
