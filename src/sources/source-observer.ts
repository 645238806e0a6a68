import type { SourceErrorCode } from '../model/errors.ts';

/** What callers learn of a failed call, for the log; only `keys` and `cause` may hold an identifier. */
export interface SourceFailure {
  readonly source: string;
  readonly code: SourceErrorCode;
  readonly cause: unknown;
  readonly keys: readonly string[];
  /** Milliseconds that the call took; undefined where none was made. */
  readonly ms: number | undefined;
}

/** What became of a look into the cache. */
export type CacheResult = 'fresh' | 'stale' | 'miss' | 'error';

/** Who wants to know how a source does. */
export interface SourceObserver {
  /** An attempt ended. @param seconds from the attempt to its answer, its failure or its time-out. */
  onCall?(source: string, seconds: number): void;
  onFailure?(failure: SourceFailure): void;
  /** A key was refused that can't be sent as itself, or is too long; no call was made for it. The message names no key. */
  onUnsent?(source: string, why: Error): void;
  /** An attempt is made again, because one failed or because one takes long. */
  onRepeat?(source: string, reason: 'retry' | 'hedge'): void;
  onBreaker?(source: string, isOpen: boolean): void;
  onCache?(source: string, result: CacheResult): void;
  /** Records came that nobody asked for. @param came all that came in that call; undefined where the adapter does not say. */
  onForeign?(source: string, records: number, came: number | undefined): void;
  /** A back end said by an HTTP status that it has nothing for a key; a wrong path has the same status. */
  onAbsent?(source: string, key: string, status: number): void;
  /** Records of the source could not be read. @param problems of the first of them, without values. */
  onUnreadable?(source: string, records: number, problems: readonly string[]): void;
}
