import type { Logger } from 'pino';
import type { SharedUse } from '../model/shared-state.ts';
import type { Metrics } from './metrics.ts';
import { loggable } from './redact.ts';

/** What becomes of each use while Redis is lost. */
const MEANINGS: { readonly [Use in SharedUse]: string } = {
  cache: 'each process keeps answers of back ends for itself',
  'rate limits': 'each process counts for itself, and allows the whole rate',
  'live events': 'subscribers at other processes miss events, and get them from the journey once Redis is back',
};

/** To be called when Redis is lost, or is there, for one use. */
export interface SharedReporter {
  onLost(error: unknown): void;
  onUp(): void;
}

/** Logs each change once, and keeps the metric. At the start Redis counts as down, and nothing is logged unless it can't be reached. */
export function sharedReporter(
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
  use: SharedUse,
): SharedReporter {
  let isLost = false;
  metrics.sharedUp(use, false);
  return {
    onLost: (error) => {
      metrics.sharedUp(use, false);
      if (!isLost) logger.warn({ use, error: loggable(error, []) }, `Redis is lost: ${MEANINGS[use]}`);
      isLost = true;
    },
    onUp: () => {
      metrics.sharedUp(use, true);
      if (isLost) logger.info({ use }, 'Redis is back');
      isLost = false;
    },
  };
}
