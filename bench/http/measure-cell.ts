import { type Cell, cellName } from './cells.ts';
import type { Usage } from './contestants/report.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import type { Running, Surroundings } from './stage.ts';

/** The figures of one contestant in one round. Times are in milliseconds. */
export interface Measured {
  /** Requests for each second of CPU time that the contestant's process used. */
  readonly requestsPerCpuSecond: number;
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly callsPerRequest: number;
  /** Bytes. */
  readonly rss: number;
  /** The share of due requests that was answered in time, 0 to 1; 1 in a closed loop. */
  readonly answered: number;
}

/** The rounds of a cell, by contestant. */
export type CellResult = ReadonlyMap<string, readonly Measured[]>;

/**
 * Runs the contestants in turn, round by round. The first round warms up and does not count.
 * @param how.seconds the length of each round. @param how.customers how many different customers ask; all by default. @throws Error for a wrong answer.
 */
export async function measureCell(
  cell: Cell,
  running: readonly Running[],
  surroundings: Surroundings,
  { rounds, ...how }: { readonly rounds: number; readonly seconds: number; readonly customers?: number },
): Promise<CellResult> {
  const results = new Map<string, Measured[]>(running.map(({ contestant }) => [contestant.name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const each of running) {
      const measured = await measureRound(cell, each, surroundings, { ...how, seed: round + 1 });
      if (round > 0) results.get(each.contestant.name)?.push(measured);
    }
  }
  return results;
}

async function measureRound(
  cell: Cell,
  { contestant, program, port }: Running,
  { load, backEnds }: Surroundings,
  { seconds, seed, customers }: { readonly seconds: number; readonly seed: number; readonly customers?: number },
): Promise<Measured> {
  const order = <Answer>(what: LoadOrder) => load.ask<Answer>(what);
  const callsUntilNow = () => backEnds.ask<{ readonly calls: number }>({ latency: cell.latency });
  try {
    await backEnds.ask({ latency: cell.latency });
    await order({ kind: 'open', port, cell, seed, customers });
    await callsUntilNow();
    const before = await program.ask<Usage>({});
    const report = await order<LoadReport>({ kind: 'run', seconds });
    const after = await program.ask<Usage>({});
    const { calls } = await callsUntilNow();
    await order({ kind: 'close' });
    return {
      requestsPerCpuSecond: (report.answered / (after.cpu - before.cpu)) * 1_000,
      requestsPerSecond: (report.answered / report.duration) * 1_000,
      ...{ p50: report.p50, p99: report.p99, callsPerRequest: calls / report.answered },
      ...{ rss: after.rss, answered: report.answered / report.offered },
    };
  } catch (error) {
    throw new Error(`${contestant.name}, ${cellName(cell)}: ${(error as Error).message}`);
  }
}
