import type { Logger } from 'pino';
import type { SourceError, SourceErrorCode } from '../model/errors.ts';
import { LogBudget } from './log-budget.ts';
import { loggable } from './redact.ts';

/** A call to a data source that failed; only `keys` and `cause` may hold an identifier. */
interface FailedCall {
  readonly source: string;
  readonly code: SourceErrorCode;
  readonly cause: unknown;
  readonly keys: readonly string[];
  readonly ms: number | undefined;
}

/** Lines at `warn` about one source and code: one a minute. */
const OF_A_SOURCE = { lines: 1, per: 60_000 };
/** Lines at `info` about requests that one source and code failed: a single failure is always found by its request's id. */
const OF_REQUESTS = { lines: 10, per: 10_000 };

/** Writes to the log what data sources fail at. What goes beyond a few lines is written at `debug` and counted. */
export class SourceFailures {
  readonly #logger: Logger;
  readonly #ofSources = new LogBudget(OF_A_SOURCE.lines, OF_A_SOURCE.per);
  readonly #ofRequests = new LogBudget(OF_REQUESTS.lines, OF_REQUESTS.per);

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A call failed, which many requests may have shared. */
  ofCall({ source, code, cause, keys, ms }: FailedCall): void {
    const withheld = this.#ofSources.take(`${source} ${code}`);
    const level = withheld === null ? 'debug' : 'warn';
    if (!this.#logger.isLevelEnabled(level)) return;
    this.#logger[level]({ source, code, ...took(ms), ...(withheld && { withheld }), error: loggable(cause, keys) }, 'a data source failed');
  }

  /** A request was answered without something, because of these. */
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
