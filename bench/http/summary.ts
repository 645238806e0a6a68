import type { CellResult, Measured } from './measure-cell.ts';
import { median, ratioOf, type Spread } from './statistics.ts';

/** The least share of requests answered in time with which a contestant keeps up with an open loop. */
const KEPT_UP = 0.98;

/** The results of a contestant in a cell: medians over its rounds. */
export interface Summary extends Omit<Measured, 'answered'> {
  /** False when requests of an open loop were not answered in time. Latencies then are those of the answered requests. */
  readonly keptUp: boolean;
  /** The ratio of requests per CPU second to each reference that was measured. */
  readonly toByHand?: Spread;
  readonly toByHandBatched?: Spread;
}

/** @returns the summaries by contestant. */
export function summarize(result: CellResult): ReadonlyMap<string, Summary> {
  const references = { toByHand: result.get('by-hand'), toByHandBatched: result.get('by-hand-batched') };
  return new Map(
    [...result].map(([name, rounds]) => {
      const of = (figure: keyof Measured) => median(rounds.map((round) => round[figure]));
      const ratios = Object.entries(references).flatMap(([key, reference]) =>
        reference === undefined ? [] : [[key, ratioOf(cpu(rounds), cpu(reference))] as const],
      );
      const summary: Summary = {
        requestsPerCpuSecond: of('requestsPerCpuSecond'),
        requestsPerSecond: of('requestsPerSecond'),
        p50: of('p50'),
        p99: of('p99'),
        callsPerRequest: of('callsPerRequest'),
        rss: of('rss'),
        keptUp: of('answered') >= KEPT_UP,
        ...Object.fromEntries(ratios),
      };
      return [name, summary];
    }),
  );
}

const cpu = (rounds: readonly Measured[]) => rounds.map(({ requestsPerCpuSecond }) => requestsPerCpuSecond);
