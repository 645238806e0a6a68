import { type Deadline, Deadlines } from '../batching/deadlines.ts';
import { GatewayError } from '../model/errors.ts';
import { isCustomer, TRUSTED_FACTOR, type Viewer } from '../model/viewer.ts';

/** What one run of an operation may use. */
export interface RunLimits {
  /** Records that sources and the store answer to it. */
  readonly rows: number;
  /** Items of lists in its answer, and records of other sources in them. Aliases and nested lists make many of a few rows. */
  readonly items: number;
  /** Bytes of the answer, and bytes of interactions that are read for it. */
  readonly answerBytes: number;
  /** Milliseconds from its start to its answer. */
  readonly time: number;
}

export type RunLimit = keyof RunLimits;

const UNITS: Readonly<Record<RunLimit, string>> = { rows: 'rows', items: 'items of lists', answerBytes: 'bytes', time: 'milliseconds' };
const ADVICE: Readonly<Record<RunLimit, string>> = {
  rows: 'ask for shorter lists (first) or fewer customers at a time',
  items: 'ask for shorter lists (first), for fewer lists within lists, or under fewer aliases',
  answerBytes: 'ask for fewer fields, shorter lists (first) or fewer customers at a time',
  time: 'ask for less at a time',
};
const OPTIONS: Readonly<Record<RunLimit, string>> = {
  rows: 'limits.rows',
  items: '5 times limits.rows',
  answerBytes: 'limits.answerBytes',
  time: 'limits.time',
};
/** An item takes 1.5 to 5 µs, so those of an answer take at most a quarter of a second. */
const ITEMS_PER_ROW = 5;
const UNLIMITED: RunLimits = {
  rows: Number.POSITIVE_INFINITY,
  items: Number.POSITIVE_INFINITY,
  answerBytes: Number.POSITIVE_INFINITY,
  time: Number.POSITIVE_INFINITY,
};

/** A run of an operation. An object and not a function, which would be allocated for each run. */
export interface BudgetedRun {
  /** Ends the run with its error. */
  endBeyondBudget(error: GatewayError): void;
}

/** The limits of all operations while they run, and the one timer that all of them share. */
export class OperationBounds {
  readonly #limits: RunLimits;
  readonly #trusted: RunLimits;
  readonly #deadlines: Deadlines;

  /** @param limits of a CUSTOMER; AGENT, SERVICE and ADMIN may read ten times the rows. */
  constructor({ rows, answerBytes, time }: Omit<RunLimits, 'items'>) {
    const items = rows * ITEMS_PER_ROW;
    this.#limits = { rows, items, answerBytes, time };
    this.#trusted = { rows: rows * TRUSTED_FACTOR, items: items * TRUSTED_FACTOR, answerBytes, time };
    this.#deadlines = new Deadlines(time);
  }

  /** The budget of one run: of a query, a mutation, or one event of a subscription. */
  open(viewer: Pick<Viewer, 'roles'>): OperationBudget {
    return new OperationBudget(isCustomer(viewer) ? this.#limits : this.#trusted, this.#deadlines);
  }
}

/**
 * What one run of an operation has used of its limits. Beyond one of them the whole run ends, with the error that is its
 * answer.
 */
export class OperationBudget {
  readonly limits: RunLimits;
  readonly #deadlines: Deadlines | null;
  /** Where records are counted: here, or for the whole batch. */
  readonly #total: OperationBudget;
  #deadline: Deadline | null = null;
  #rows = 0;
  #bytesRead = 0;
  #exceeded: GatewayError | null = null;
  #run: BudgetedRun | null = null;
  /** Parts of the run that go on in a later turn of the event loop. They may ask sources. */
  paused = 0;
  /** Characters of the answer, about; known at its end. */
  answerSize = 0;

  /** Without arguments: no limits. @param total of the batch that the run is a part of. */
  constructor(limits: RunLimits = UNLIMITED, deadlines: Deadlines | null = null, total?: OperationBudget) {
    this.limits = limits;
    this.#deadlines = deadlines;
    this.#total = total ?? this;
  }

  /** A budget of one operation of a batch, whose own budget this is: all its operations may read as much as one. */
  part(): OperationBudget {
    return new OperationBudget(this.limits, this.#deadlines, this);
  }

  /** Why the run has ended; null while it may go on. */
  get exceeded(): GatewayError | null {
    return this.#exceeded;
  }

  /** To be called when the run begins. */
  begin(run: BudgetedRun): void {
    this.#run = run;
    if (this.#exceeded !== null) run.endBeyondBudget(this.#exceeded);
  }

  /** Ends the run when its time is over. To be called where it has to wait for something; later calls do nothing. */
  watchTime(): void {
    if (this.#deadline !== null || this.#deadlines === null || this.#exceeded !== null) return;
    this.#deadline = this.#deadlines.set(() => this.#exceedTime());
  }

  #exceedTime(): void {
    const { at } = this.#deadline as Deadline;
    this.exceed('time', Math.ceil(performance.now() - (at - this.limits.time)));
  }

  /** To be called when the run is complete. */
  end(): void {
    this.#run = null;
    if (this.#deadline !== null) this.#deadlines?.met(this.#deadline);
  }

  /** Counts records, with their bytes where these are known. The run ends where they are too many. */
  countRows(rows: number, bytes = 0): void {
    const total = this.#total;
    total.#rows += rows;
    total.#bytesRead += bytes;
    if (total.#rows > this.limits.rows) this.exceed('rows', total.#rows);
    else if (total.#bytesRead > this.limits.answerBytes) this.exceed('answerBytes', total.#bytesRead);
  }

  /** @throws GatewayError when the run has ended: what it asks for is not needed any more. */
  requireOpen(): void {
    if (this.#exceeded !== null) throw this.#exceeded;
  }

  /** Ends the run. @param actual what was reached when it was noticed. */
  exceed(limit: RunLimit, actual: number): GatewayError {
    if (this.#exceeded !== null) return this.#exceeded;
    const allowed = this.limits[limit];
    const message = `the operation needs more than allowed: expected at most ${allowed} ${UNITS[limit]} (${OPTIONS[limit]}), received at least ${actual}; ${ADVICE[limit]}`;
    this.#exceeded = new GatewayError('OPERATION_TOO_COMPLEX', message, { limit, allowed, actual });
    if (this.#deadline !== null) this.#deadlines?.met(this.#deadline);
    this.#run?.endBeyondBudget(this.#exceeded);
    return this.#exceeded;
  }
}
