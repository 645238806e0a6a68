import { isDeepStrictEqual } from 'node:util';
import type { DataAdapter } from '../adapters/data-adapter.ts';
import { SourceError } from '../model/errors.ts';
import { Source } from '../sources/source.ts';
import type { SourceAnswer } from '../sources/source-answer.ts';
import type { SourceObserver } from '../sources/source-observer.ts';
import { SourceReader } from '../sources/source-reader.ts';
import type { CompiledProject } from '../wiring/compile-project.ts';
import { showError, showRecord } from './terminal-text.ts';

const UNREADABLE = 'records can not be read, and are left out. The first of them';
const FOREIGN = 'rows that came were asked for by no key: they are dropped. Check `match`, and whether the back end heeds the keys';

/** The outcome of asking one source. */
export interface AskedSource {
  readonly ok: boolean;
  readonly summary: string;
  readonly lines: readonly string[];
}

/** A source with everything that its calls reported. */
interface Asked {
  readonly source: Source;
  readonly adapter: DataAdapter;
  /** Why calls failed, the first one first. */
  readonly causes: unknown[];
  readonly notes: string[];
  /** The HTTP status that said that a key has no record, by key. */
  readonly absent: Map<string, number>;
}

/** A project's sources, with the problems that their calls report. */
export class AskedSources {
  /** Keeps every answer, so a field with the same key makes no second call. */
  readonly reader: SourceReader;
  readonly #asked: ReadonlyMap<string, Asked>;

  constructor({ dataSources, keyNormalizers, config }: CompiledProject) {
    this.#asked = new Map(
      [...dataSources].map(([name, adapter]): [string, Asked] => {
        const causes: unknown[] = [];
        const notes: string[] = [];
        const absent = new Map<string, number>();
        const observer: SourceObserver = {
          onFailure: ({ cause }) => void causes.push(cause),
          onUnsent: (_, why) => void causes.push(why),
          onForeign: (_, records, came) => void notes.push(`${records}${came === undefined ? '' : ` of ${came}`} ${FOREIGN}`),
          onUnreadable: (_, records, problems) => void notes.push(`${records} ${UNREADABLE}: ${problems.join('; ')}`),
          onAbsent: (_, key, status) => void absent.set(key, status),
        };
        const source = new Source(name, adapter, { keyNormalizers, keyBytes: config.limits.keyBytes, observer });
        return [name, { source, adapter, causes, notes, absent }];
      }),
    );
    this.reader = new SourceReader(new Map([...this.#asked].map(([name, { source }]) => [name, source])), {});
  }

  /**
   * Asks a source by this key, then by this key and a made-up one, in one call if the source takes several keys. Only a call with
   * two keys shows whether each record is assigned to the right key.
   */
  async ask(name: string, { type, value }: { readonly type: string; readonly value: string }): Promise<AskedSource> {
    const { source, adapter, causes, notes: reported, absent } = this.#asked.get(name) as Asked;
    const { key, forward, policy } = adapter;
    const keyType = type === key ? null : type;
    const started = performance.now();
    const own = await settle(this.reader.ask(name, value, {}, null, keyType).promise());
    const took = `${Math.round(performance.now() - started)} ms`;
    const notes = [...reported];
    const [failure] = causes.splice(0);
    if (own instanceof SourceError)
      return { ok: false, summary: `${own.code}, ${took}: ${showError(failure ?? own)}`, lines: [...notes, ...unsentLines(forward)] };

    const other = madeUpKey(value);
    const asked = [value, other].map((each) => settle(source.ask(each, source.scope({}, {}, keyType)).answer.promise()));
    const [again, made] = (await Promise.all(asked)) as [SourceAnswer | SourceError, SourceAnswer | SourceError];
    const lines = [showRecord(own.record), ...absentLines(absent, value, other), ...notes];
    const failed = [again, made].find((each) => each instanceof SourceError);
    if (failed !== undefined) {
      const how = policy.maxBatch > 1 ? `asked together with the made-up key ${other}` : `asked by the made-up key ${other}`;
      lines.push(`${how}: ${failed.code}: ${showError(causes[0] ?? failed)}`);
    } else if (!isEmpty(own.record) && isDeepStrictEqual(own.record, (made as SourceAnswer).record))
      lines.push(`warning: the made-up key ${other} has the same record: check whether the back end heeds the key`);
    return { ok: failed === undefined, summary: `answered in ${took}`, lines };
  }
}

function absentLines(absent: ReadonlyMap<string, number>, value: string, other: string): string[] {
  const status = absent.get(value);
  if (status === undefined) return [];
  const both = absent.get(other) === status ? ', and for the made-up key, too' : '';
  return [`status ${status} came for this key${both}: nothing is there, or the path is wrong`];
}

/** A line for a source that may have refused the call because a header was missing. @param forward names of a client's headers. */
function unsentLines(forward: readonly string[]): string[] {
  return forward.length === 0 ? [] : [`check sends none of the headers that are forwarded from callers: ${forward.join(', ')}`];
}

async function settle(answer: Promise<SourceAnswer>): Promise<SourceAnswer | SourceError> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

function isEmpty(record: SourceAnswer['record']): boolean {
  return record === null || Object.keys(record).length === 0;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The second greatest signed integers of 16, 32 and 64 bits: a column of that type takes no greater one than the greatest. */
const GREATEST_16 = '32766';
const GREATEST_32 = '2147483646';
const GREATEST_64 = '9223372036854775806';

/** A key that most likely nobody has, in the form of this one, because a back end may refuse another form. */
function madeUpKey(key: string): string {
  if (UUID.test(key)) return differing(key, 'ffffffff-ffff-4fff-bfff-ffffffffffff', 'eeeeeeee-eeee-4eee-aeee-eeeeeeeeeeee');
  // A short number is probably in use, so the greatest that a column of 16 bits takes is used.
  if (/^\d{1,5}$/.test(key)) return differing(key, GREATEST_16, '32765');
  if (/^\d{10}$/.test(key)) return differing(key, GREATEST_32, '2147483645');
  if (/^\d{19,}$/.test(key)) return differing(key, GREATEST_64, '9223372036854775805');
  const made = (digit: string, letter: string) =>
    key
      .replace(/\d/g, digit)
      .replace(/\p{Ll}|\p{Lo}/gu, letter)
      .replace(/\p{Lu}/gu, letter.toUpperCase());
  const other = differing(key, made('9', 'z'), made('8', 'y'));
  return other === key ? `${key}-0` : other;
}

function differing(key: string, first: string, second: string): string {
  return key === first ? second : first;
}
