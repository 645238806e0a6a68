import { parseArgs } from 'node:util';
import { ALL_CELLS, type Cell, parseCells, QUICK_CELLS } from './cells.ts';
import { CONTESTANTS, type Contestant } from './contestants.ts';

export interface Options {
  readonly contestants: readonly Contestant[];
  readonly cells: readonly Cell[];
  /** Rounds that count. One more, before them, warms up. */
  readonly rounds: number;
  /** The length of each round. */
  readonly seconds: number;
  /** The file to which the chart is written; null for none. */
  readonly chartFile: string | null;
  /** The file to which the figures are written; null for none. */
  readonly resultsFile: string | null;
  /** A PostgreSQL server, on which the run makes a database for the gateway's store; null for a store in SQLite. */
  readonly storeServer: string | null;
}

const USAGE = `Usage: node bench/http/run.ts [options]
  --rounds N     how many rounds count (5)
  --seconds S    how long each is (2)
  --only NAMES   ${CONTESTANTS.map(({ name }) => name).join(',')}
  --cells CELLS  LOOP:LOAD:LATENCY, such as closed:64:0,open:4000:5
  --quick        a few cells, 3 rounds of 1 second
  --store URL    a PostgreSQL server for the gateway's store, in a database of the run's own; in SQLite otherwise
  --chart FILE   where the chart goes; docs/images/speed.svg when everything is measured, nowhere otherwise
  --results FILE where the figures go; bench/http/results.json when everything is measured, nowhere otherwise
`;

/** @returns null when help was asked for; it is printed. @throws TypeError for wrong options. */
export function parseOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      cells: { type: 'string' },
      quick: { type: 'boolean', default: false },
      store: { type: 'string' },
      chart: { type: 'string' },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return null;
  }
  // A run of some contestants or few rounds does not replace the published results.
  const isComplete = values.only === undefined && values.cells === undefined && values.store === undefined && !values.quick;
  return {
    contestants: values.only === undefined ? CONTESTANTS : values.only.split(',').map(contestantOf),
    cells: values.cells === undefined ? (values.quick ? QUICK_CELLS : ALL_CELLS) : parseCells(values.cells),
    rounds: positive('--rounds', values.rounds, values.quick ? 3 : 5),
    seconds: positive('--seconds', values.seconds, values.quick ? 1 : 2),
    chartFile: values.chart ?? (isComplete ? 'docs/images/speed.svg' : null),
    resultsFile: values.results ?? (isComplete ? 'bench/http/results.json' : null),
    storeServer: values.store ?? null,
  };
}

function contestantOf(name: string): Contestant {
  const known = CONTESTANTS.find((contestant) => contestant.name === name);
  if (known === undefined)
    throw new TypeError(`--only: expected names out of ${CONTESTANTS.map((each) => each.name).join(', ')}, received ${name}`);
  return known;
}

function positive(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (number > 0) return number;
  throw new TypeError(`${option}: expected a number above 0, received ${text}`);
}
