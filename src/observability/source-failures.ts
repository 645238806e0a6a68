import type { Logger } from 'pino';
import type { SourceError, SourceErrorCode } from '../model/errors.ts';
import { LogBudget } from './log-budget.ts';
import { loggable } from './redact.ts';

/** A failed call to a data source. Only `keys` and `cause` may hold an identifier. `ms`: how long the call took, in milliseconds. */
interface FailedCall {
  readonly source: string;
  readonly code: SourceErrorCode;
  readonly cause: unknown;
  readonly keys: readonly string[];
  readonly ms: number | undefined;
}

/** Lines at `warn` for one source and error code: one in 60,000 ms. */
const OF_A_SOURCE = { lines: 1, per: 60_000 };
/** Lines at `info` for requests that failed by one source and error code: enough that a single failure is always found by its request id. */
const OF_REQUESTS = { lines: 10, per: 10_000 };

/** Logs failures of data sources. Lines beyond the budget are written at `debug`, and their number with the next line. */
export class SourceFailures {
  readonly #logger: Logger;
  readonly #ofSources = new LogBudget(OF_A_SOURCE.lines, OF_A_SOURCE.per);
  readonly #ofRequests = new LogBudget(OF_REQUESTS.lines, OF_REQUESTS.per);

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Logs a failed call. Many requests may have shared it. */
  ofCall({ source, code, cause, keys, ms }: FailedCall): void {
    const withheld = this.#ofSources.take(`${source} ${code}`);
    const level = withheld === null ? 'debug' : 'warn';
    if (!this.#logger.isLevelEnabled(level)) return;
    this.#logger[level]({ source, code, ...took(ms), ...(withheld && { withheld }), error: loggable(cause, keys) }, 'a data source failed');
  }

  /** Logs which failures a request's answer has. */
  ofRequest(requestId: string, errors: readonly SourceError[]): void {
    for (const { code, details, ms } of errors) {
      const source = String(details.source);
      const withheld = this.#ofRequests.take(`${source} ${code}`);
      const level = withheld === null ? 'debug' : 'info';
      this.#logger[level]({ requestId, source, code, ...took(ms), ...(withheld && { withheld }) }, 'a data source failed a request');
    }
  }
}

function took(milliseconds: number | undefined) {
  return milliseconds === undefined ? {} : { ms: Math.round(milliseconds) };
}
