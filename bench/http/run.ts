import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchDatabase } from '../store/database.ts';
import { type Cell, cellName } from './cells.ts';
import { chart } from './chart.ts';
import { environmentOf } from './environment.ts';
import { fillStore } from './fill-store.ts';
import { installFor } from './install.ts';
import { measureCell } from './measure-cell.ts';
import { type Options, parseOptions } from './options.ts';
import { cellTable, heading } from './report.ts';
import { writeResults } from './results-file.ts';
import { type Running, Stage } from './stage.ts';
import { type Summary, summarize } from './summary.ts';
import { verifyAnswers } from './verify.ts';

// Compares the whole gateway over HTTP with its alternatives. See README.md.

/** Before the first cell, every contestant runs these for `WARM_UP_SECONDS` each, so that its code is compiled. */
const WARM_UP: readonly Cell[] = [1, 64].map((load) => ({ loop: 'closed', load, latency: 0 }) as const);
const WARM_UP_SECONDS = 2;

const options = parseOptions(process.argv.slice(2));
if (options !== null) await run(options);

async function run({ contestants, cells, rounds, seconds, chartFile, resultsFile, storeServer }: Options): Promise<void> {
  installFor(contestants);
  const environment = environmentOf(contestants);
  process.stdout.write(`${heading(environment, { rounds, seconds })}\n`);
  await using stage = new Stage();
  await stage.ready();
  await using database = storeServer === null ? null : await BenchDatabase.make(storeServer);
  const store = database?.url ?? `sqlite:${join(stage.directory, 'gateway.db')}`;
  await fillStore(store);
  const running: Running[] = [];
  for (const contestant of contestants) running.push(await stage.start(contestant, { variables: { STORE: store } }));
  for (const each of running) await verifyAnswers(each);
  for (const cell of WARM_UP) await measureCell(cell, running, stage.surroundings, { rounds: 1, seconds: WARM_UP_SECONDS });

  const results = new Map<string, ReadonlyMap<string, Summary>>();
  for (const cell of cells) {
    const summaries = summarize(await measureCell(cell, running, stage.surroundings, { rounds, seconds }));
    results.set(cellName(cell), summaries);
    process.stdout.write(`${cellTable(cell, contestants, summaries)}\n`);
  }
  if (resultsFile !== null) writeResults(resultsFile, environment, { rounds, seconds }, results);
  if (chartFile !== null) writeFileSync(chartFile, chart(environment, contestants, results));
}
