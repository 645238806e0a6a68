import DataLoader from 'dataloader';
import type { Source, SourceAnswer } from './source.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Reads sources for one request: what is asked for in the same turn becomes one call per source, and no key is asked for twice. */
export class SourceReader {
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #headers: Readonly<Record<string, string | undefined>>;
  readonly #loaders = new Map<string, DataLoader<string, SourceAnswer>>();

  /** @param headers the request's, lower-case; each source sees only those it forwards. */
  constructor(sources: ReadonlyMap<string, Source>, headers: Readonly<Record<string, string | undefined>>) {
    this.#sources = sources;
    this.#headers = headers;
  }

  /** Rejects with a `SourceError`. */
  load(sourceName: string, key: string, args: Arguments): Promise<SourceAnswer> {
    return this.#loader(sourceName, args).load(key);
  }

  #loader(sourceName: string, args: Arguments): DataLoader<string, SourceAnswer> {
    const id = `${sourceName} ${JSON.stringify(args)}`;
    let loader = this.#loaders.get(id);
    if (loader === undefined) {
      const source = this.#sources.get(sourceName) as Source;
      const headers = this.#forwarded(source);
      loader = new DataLoader<string, SourceAnswer>((keys) => source.load(keys, args, headers), { maxBatchSize: Number.POSITIVE_INFINITY });
      this.#loaders.set(id, loader);
    }
    return loader;
  }

  #forwarded(source: Source): Record<string, string> {
    const forwarded: Record<string, string> = {};
    for (const name of source.adapter.forward) {
      const value = this.#headers[name];
      if (value !== undefined) forwarded[name] = value;
    }
    return forwarded;
  }
}
