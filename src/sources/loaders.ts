import DataLoader from 'dataloader';
import { keyTextOf } from '../adapters/key-text.ts';
import { describeValue } from '../adapters/values.ts';
import type { SourceRecord } from './source-answer.ts';
import type { SourceReader } from './source-reader.ts';

/** A key as an owner's code has it. `7` and `'7'` are the same key, since a source gets texts. */
export type LoaderKey = string | number | bigint;

/** By the source's name. */
export type SourceLoaders = Readonly<Record<string, SourceLoader>>;

/**
 * One DataLoader per source for one request, each made when it is first read.
 * @param names of the sources that may be read.
 */
export function loadersOf(reader: SourceReader, names: Iterable<string>): SourceLoaders {
  const made = new Map<string, SourceLoader>();
  const loaders: Record<string, SourceLoader> = Object.create(null);
  for (const name of names) {
    const get = () => {
      const loader = made.get(name) ?? new SourceLoader(name, reader);
      made.set(name, loader);
      return loader;
    };
    Object.defineProperty(loaders, name, { get, enumerable: true });
  }
  return loaders;
}

/**
 * The same promise, whose failure needs no reader: an owner's code that awaits one of two promises may leave the other one,
 * and Node.js ends a process in which a promise fails that nobody awaits.
 */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

/**
 * A `DataLoader` for whole records of one source. `load` resolves to the record, to a list of records (`many`) or to null
 * for an unknown key, and rejects with a `SourceError`. Keys go into the batches that all requests share.
 */
export class SourceLoader extends DataLoader<LoaderKey, SourceRecord, string> {
  readonly #source: string;
  readonly #reader: SourceReader;
  /** By the key's text: the end of a `clear`, for which the next `load` waits. */
  readonly #clearing = new Map<string, Promise<void>>();
  readonly #loaded = new Set<string>();

  constructor(source: string, reader: SourceReader) {
    super((keys) => Promise.all(keys.map((key) => this.#read(this.#textOf(key)))), {
      cacheKeyFn: (key) => this.#textOf(key),
      // DataLoader's own wait would come on top of the shared batch's, which gathers the keys of the whole tick anyway.
      batchScheduleFn: queueMicrotask,
    });
    this.#source = source;
    this.#reader = reader;
  }

  override load(key: LoaderKey): Promise<SourceRecord> {
    return handled(super.load(key));
  }

  /** The next `load` of this key calls the back end: neither this request's nor the source's cache has it any more. */
  override clear(key: LoaderKey): this {
    this.#forget(this.#textOf(key));
    return super.clear(key);
  }

  /** The same as `clear` for every key that was loaded. */
  override clearAll(): this {
    for (const text of this.#loaded) this.#forget(text);
    return super.clearAll();
  }

  async #read(text: string): Promise<SourceRecord | Error> {
    this.#loaded.add(text);
    try {
      await this.#clearing.get(text);
      return (await this.#reader.ask(this.#source, text, {}, null, null).promise()).record;
    } catch (error) {
      return error as Error;
    }
  }

  #forget(text: string): void {
    // A load that waits for it reports the failure.
    this.#clearing.set(text, handled(this.#reader.forget(this.#source, text)));
  }

  /** @throws TypeError for anything that is no exact key: two customers must never share one. */
  #textOf(key: LoaderKey): string {
    const text = keyTextOf(key);
    if (text !== null) return text;
    throw new TypeError(`loaders.${this.#source}: expected a key that is a string or an exact number, received ${describeValue(key)}`);
  }
}
