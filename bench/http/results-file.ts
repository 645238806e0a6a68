import { writeFileSync } from 'node:fs';
import type { Environment } from './environment.ts';
import type { Summary } from './summary.ts';

/** Summaries by cell and contestant. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Summary>>;

/** Writes the results as JSON, for programs: the environment, and medians with 4 significant digits. */
export function writeResults(file: string | URL, environment: Environment, settings: object, results: Results): void {
  const cells = Object.fromEntries([...results].map(([cell, summaries]) => [cell, Object.fromEntries(summaries)]));
  const short = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  writeFileSync(file, `${JSON.stringify({ environment, settings, cells }, short, 2)}\n`);
}
