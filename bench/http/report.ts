import { type Cell, cellTitle } from './cells.ts';
import type { Contestant } from './contestants.ts';
import type { Environment } from './environment.ts';
import type { Spread } from './statistics.ts';
import type { Summary } from './summary.ts';

const HEADS = ['', 'requests per CPU second', 'to by hand', 'to by hand, batched', 'requests/s', 'p50', 'p99', 'calls/request', 'memory'];

/** The machine, the versions and the settings of a run, as Markdown. */
export function heading(
  { machine, cores, node, date, notPinned, versions }: Environment,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine}, ${cores} cores, Node ${node}, ${date}; medians of ${rounds} rounds of ${seconds} s, ratios with their smallest and largest.`,
    ...(notPinned === null ? [] : [`Not pinned: ${notPinned}.`]),
    `With ${packages.join(', ')}.`,
    '',
  ].join('\n');
}

/** The results of a cell as a Markdown table. */
export function cellTable(cell: Cell, contestants: readonly Contestant[], summaries: ReadonlyMap<string, Summary>): string {
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const rows = contestants.flatMap(({ name, title }) => {
    const summary = summaries.get(name);
    return summary === undefined ? [] : [line([title, ...figures(summary)])];
  });
  return [`### ${cellTitle(cell)}`, '', line(HEADS), line(HEADS.map(() => '---')), ...rows, ''].join('\n');
}

function figures(summary: Summary): string[] {
  const { requestsPerCpuSecond, requestsPerSecond, p50, p99, callsPerRequest, rss, keptUp, toByHand, toByHandBatched } = summary;
  const latency = (milliseconds: number) => (keptUp ? `${milliseconds.toFixed(1)} ms` : "can't keep up");
  return [
    ...[whole(requestsPerCpuSecond), ratio(toByHand), ratio(toByHandBatched), whole(requestsPerSecond)],
    ...[latency(p50), latency(p99), callsPerRequest.toFixed(2), `${whole(rss / 2 ** 20)} MiB`],
  ];
}

function ratio(spread: Spread | undefined): string {
  return spread === undefined ? '' : `${spread.median.toFixed(2)} (${spread.min.toFixed(2)}–${spread.max.toFixed(2)})`;
}

const whole = (number: number) => Math.round(number).toLocaleString('en');
