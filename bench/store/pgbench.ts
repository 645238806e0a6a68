import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Recorded } from './recorder.ts';

/** A number that stands for another one in each transaction of pgbench. */
export interface Variable {
  /** As it is in what was recorded: digits that occur nowhere else. */
  readonly recorded: number;
  /** What pgbench puts there, for example `random(1, 1000)`. */
  readonly expression: string;
}

/** A script of pgbench that runs what was recorded. Statements that were sent together are sent together. */
export function scriptOf(blocks: readonly (readonly Recorded[])[], variables: readonly Variable[]): string {
  const counting = '\\set made :made + 1';
  const sets = variables.map(({ expression }, index) => `\\set x${index} ${expression}`);
  const body = blocks.flatMap((block) => {
    const statements = block.map(({ text, values }) => `${bind(text, values, variables)};`);
    // In a pipeline pgbench takes neither `begin` nor one statement alone for granted; alone they cost a round trip as well.
    return statements.length === 1 ? statements : ['\\startpipeline', ...statements, '\\endpipeline'];
  });
  return `${[counting, ...sets, ...body].join('\n')}\n`;
}

/** How often pgbench ran: a variable of its scripts, beside `made`, which counts a client's transactions. */
let runs = 0;

export function countRunsAnew(): void {
  runs = 0;
}

/** Runs scripts for some seconds. @returns transactions per second. @throws Error when a transaction failed. */
export async function runPgbench(url: string, script: string, { clients, seconds }: { clients: number; seconds: number }): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-pgbench-'));
  try {
    const file = join(directory, 'script.sql');
    writeFileSync(file, script);
    const { hostname, port, username, password, pathname } = new URL(url);
    const where = ['-h', hostname, '-p', port || '5432', '-U', decodeURIComponent(username)];
    const how = [
      '-n',
      '-M',
      'prepared',
      '-f',
      file,
      '-c',
      String(clients),
      '-j',
      '1',
      '-T',
      String(seconds),
      '--max-tries',
      '10',
      '-D',
      'made=0',
      '-D',
      `run=${runs++}`,
    ];
    const { stdout } = await promisify(execFile)('pgbench', [...where, ...how, pathname.slice(1)], {
      env: { ...process.env, PGPASSWORD: decodeURIComponent(password) },
    });
    const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
    const failed = Number(/number of failed transactions: (\d+)/.exec(stdout)?.[1] ?? 0);
    if (tps === undefined || failed > 0) throw new Error(`pgbench: expected only transactions that succeed, received:\n${stdout}`);
    return Number(tps);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function bind(text: string, values: readonly unknown[], variables: readonly Variable[]): string {
  return text.replace(/\$(\d+)/g, (_, number: string) => literal(values[Number(number) - 1], variables)).replaceAll('\n', ' ');
}

function literal(value: unknown, variables: readonly Variable[]): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `array[${value.map((each) => literal(each, variables)).join(', ')}]${arrayType(value)}`;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return String(value);
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'::bytea`;
  return textLiteral(String(value), variables);
}

function arrayType(values: readonly unknown[]): string {
  const first = values.find((each) => each !== null);
  if (typeof first === 'number') return Number.isInteger(first) ? '::bigint[]' : '::float8[]';
  if (typeof first === 'boolean') return '::boolean[]';
  return Buffer.isBuffer(first) ? '::bytea[]' : '::text[]';
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A keyed hash (store/postgres/locks.ts). */
const HASHED_NAME = /^\d[\w-]{22}$/;

function textLiteral(text: string, variables: readonly Variable[]): string {
  // Another one in each transaction. A function such as `gen_random_uuid` would keep PostgreSQL from using an index.
  if (UUID.test(text)) return `md5('${text}' || :x${variables.length - 1}::text)`;
  // Each transaction has other names. That of a new identifier comes with the last variable.
  if (HASHED_NAME.test(text)) return `md5(:x${variables.length - 1}::text)`;
  const pattern = variables.map(({ recorded }) => recorded).join('|');
  const parts = text.split(new RegExp(`(${pattern})`));
  const pieces = parts.flatMap((part) => {
    const index = variables.findIndex(({ recorded }) => String(recorded) === part);
    if (index >= 0) return [`:x${index}::text`];
    return part === '' ? [] : [quoted(part)];
  });
  return pieces.length === 0 ? "''" : `(${pieces.join(' || ')})`;
}

/** pgbench takes a colon before a letter or digit for a variable, also within a text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''").replace(/:(?=\w)/g, ":' || '")}'`;
}
