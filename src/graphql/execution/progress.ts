import { type ExecutionResult, GraphQLError } from 'graphql';
import { inLaterTurn } from '../../batching/event-loop.ts';
import type { Eventual } from '../../batching/eventual.ts';
import type { BudgetedRun, OperationBudget, RunLimit } from '../../sources/operation-budget.ts';
import { Completion } from './complete-value.ts';
import type { Failures } from './failures.ts';
import type { Path } from './plan.ts';

/** Steps that a value counts for which was waited for. */
const WAITED = 4;

/** What a run waits for, when it goes on, and when it ends: when its answer is complete, or beyond its budget. */
export abstract class Progress extends Completion implements BudgetedRun {
  /** What is waited for, and the code that runs now. */
  protected open = 0;
  readonly #budget: OperationBudget;
  readonly #done: (result: ExecutionResult) => void;

  constructor(context: unknown, failures: Failures, budget: OperationBudget, done: (result: ExecutionResult) => void) {
    super(context, failures, budget.limits);
    this.#budget = budget;
    this.#done = done;
  }

  /** Does what can be done now; called again when nothing is waited for. */
  abstract start(): void;

  begin(): void {
    this.#budget.begin(this);
    // The time of its batch was over before.
    if (this.isOver) return;
    this.start();
    if (this.open > 0) this.#budget.watchTime();
  }

  protected complete(result: ExecutionResult): void {
    this.isOver = true;
    this.#budget.answerSize = this.size;
    this.#budget.end();
    this.#done(result);
  }

  /** Ends the run before its answer is complete. What it waits for may come, and is not looked at. */
  endBeyondBudget(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#done({ errors: [new GraphQLError(error.message, { originalError: error })] });
  }

  protected refuse(limit: RunLimit, actual: number): never {
    throw this.#budget.exceed(limit, actual);
  }

  wait(eventual: Eventual<unknown>, position: () => Path, next: () => void): void {
    this.open++;
    // Many may wait for the answers of one call, which come one after the other in one turn.
    eventual.whenSettled(() => (this.mustPause(WAITED) ? this.#pause(position, next) : this.#goOn(position, next)));
  }

  protected goOnLater(position: () => Path, next: () => void): void {
    this.open++;
    this.#pause(position, next);
  }

  #pause(position: () => Path, next: () => void): void {
    this.#budget.paused++;
    inLaterTurn(() => {
      this.#budget.paused--;
      this.#goOn(position, next);
    });
  }

  #goOn(position: () => Path, next: () => void): void {
    if (this.isOver) return;
    try {
      next();
    } catch (error) {
      if (this.isOver) return;
      this.failures.add(error, position());
    }
    this.open--;
    if (this.open === 0) this.start();
  }
}
