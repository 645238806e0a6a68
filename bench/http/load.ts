import type { Cell } from './cells.ts';
import { LoadRound } from './load-round.ts';

/** The messages to the load generator. Each is answered before the next; with `{ error }` when it failed. */
export type LoadOrder =
  | { readonly kind: 'open'; readonly port: number; readonly cell: Cell; readonly seed: number; readonly customers?: number }
  | { readonly kind: 'run'; readonly seconds: number }
  | { readonly kind: 'close' };

/** The results of a round, without the single latencies. Times are in milliseconds. */
export interface LoadReport {
  readonly answered: number;
  readonly offered: number;
  readonly duration: number;
  readonly p50: number;
  readonly p99: number;
}

let round: LoadRound | undefined;

async function obey(order: LoadOrder): Promise<LoadReport | object> {
  if (order.kind === 'open') {
    round = new LoadRound(order);
    await round.warm();
    return {};
  }
  if (order.kind === 'close') {
    round?.close();
    return {};
  }
  if (round === undefined) throw new Error('expected open before run');
  const { latencies, ...report } = await round.run(order.seconds);
  const quantile = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { ...report, p50: quantile(0.5), p99: quantile(0.99) };
}

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.once('disconnect', () => process.exit());
process.send?.({});
