import { EXPECTED_STORE_URL, parseStoreUrl, type StoreUrl } from '../model/store-url.ts';
import { type CopiedStore, copyStore } from '../store/copy-store.ts';
import { Progress } from './import/progress.ts';
import { stopOnSignal } from './stop-on-signal.ts';

export interface MigrateStoreOptions {
  /** URL of a SQLite store; a relative path starts at the working directory. */
  readonly from: string;
  /** URL of a PostgreSQL database. */
  readonly to: string;
  /** The last run: the SQLite store takes no writes from now on. */
  readonly final?: boolean;
}

/** Exit codes: the copy can be used; rows differ; the copy is right for its moment, and the old store is still the one in use. */
const EXIT = { complete: 0, differs: 1, goesOn: 2 };

/**
 * Copies a SQLite store into a PostgreSQL database, or what is missing there after an earlier call, and compares both.
 * @returns the exit code (`EXIT`).
 * @throws Error when it could not go on, or a signal stopped it. The same call goes on from there.
 */
export async function migrateStore(options: MigrateStoreOptions): Promise<number> {
  const from = urlOf('--from', options.from, 'sqlite');
  const to = urlOf('--to', options.to, 'postgres');
  const stopping = stopOnSignal();
  const startedAt = performance.now();
  const bars = new Map<string, Progress>();
  try {
    const copied = await copyStore({
      ...{ from, to, directory: process.cwd(), isLast: options.final === true, stop: stopping.signal },
      onProgress: ({ phase, rows, total }) => {
        let bar = bars.get(phase);
        if (bar === undefined) {
          for (const earlier of bars.values()) earlier.end();
          say(phase === 'copying' ? `copying ${total} rows` : 'comparing every customer');
          bar = new Progress(process.stderr, total, 0, performance.now.bind(performance), 'rows');
          bars.set(phase, bar);
        }
        bar.show(rows, rows);
      },
    });
    [...bars.values()].at(-1)?.end();
    process.stdout.write(reportOf(copied, (performance.now() - startedAt) / 1_000));
    return copied.differences.length > 0 ? EXIT.differs : copied.isComplete ? EXIT.complete : EXIT.goesOn;
  } catch (error) {
    [...bars.values()].at(-1)?.end();
    const goesOn = bars.size === 0 ? '' : ' To go on from there, give the same command again.';
    throw new Error(`migrate-store: ${(error as Error).message}.${goesOn}`, { cause: error });
  } finally {
    stopping.release();
  }
}

function urlOf<Scheme extends StoreUrl['scheme']>(option: string, text: string, scheme: Scheme): Extract<StoreUrl, { scheme: Scheme }> {
  const url = parseStoreUrl(text);
  if (url?.scheme === scheme) return url as Extract<StoreUrl, { scheme: Scheme }>;
  // The text may hold a password.
  if (url === null) throw new Error(`migrate-store: ${option}: ${EXPECTED_STORE_URL}`);
  throw new Error(`migrate-store: ${option}: expected the URL of a ${NAMES[scheme]} store, received that of a ${NAMES[url.scheme]} store`);
}

const NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const;

/** What was done, and what is to be done next. */
function reportOf({ customers, rows, tables, written, differences, isComplete }: CopiedStore, seconds: number): string {
  const lines = [
    `${customers} customers, ${rows} rows of ${tables} tables; ${written} rows were written. ${seconds.toFixed(1)} s`,
    ...differences.map(({ table, count, customers: ids }) => {
      const named = ids.length === 0 ? '' : `: ${ids.join(', ')}${ids.length < count ? ', …' : ''}`;
      return `  ${table}: ${count} differ${named}`;
    }),
  ];
  if (differences.length > 0) lines.push('The copy differs from the store. Give the same command again: it writes what differs.');
  else lines.push('Number and checksum of the rows of every customer are the same in both.');
  if (isComplete)
    lines.push('The copy is complete, and the old store takes no more writes. Set `store` to the new URL and start the gateway.');
  else if (differences.length === 0) {
    lines.push(
      'The old store is still in use. Stop the gateway and give the same command again with --final: it writes what has changed since.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function say(text: string): void {
  process.stderr.write(`migrate-store: ${text}\n`);
}
