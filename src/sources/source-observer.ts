import type { SourceErrorCode } from '../model/errors.ts';

/** A failed call, for the log. Only `keys` and `cause` may hold an identifier. */
export interface SourceFailure {
  readonly source: string;
  readonly code: SourceErrorCode;
  readonly cause: unknown;
  readonly keys: readonly string[];
  /** Milliseconds that the call took; undefined where none was made. */
  readonly ms: number | undefined;
}

/** The result of a read of the cache: a fresh answer, a stale one, none, or a stale one because the source failed. */
export type CacheResult = 'fresh' | 'stale' | 'miss' | 'error';

/** Receives what happens at a source. */
export interface SourceObserver {
  /** An attempt ended. @param seconds from the attempt to its answer, its failure or its time-out. */
  onCall?(source: string, seconds: number): void;
  onFailure?(failure: SourceFailure): void;
  /** No call was made for a key that can't be sent as itself, or is too long. The message names no key. */
  onUnsent?(source: string, why: Error): void;
  /** An attempt is repeated, because one failed or takes long. */
  onRepeat?(source: string, reason: 'retry' | 'hedge'): void;
  onBreaker?(source: string, isOpen: boolean): void;
  onCache?(source: string, result: CacheResult): void;
  /** Records of no key of the call were answered. @param came all records of the answer; undefined where the adapter does not report them. */
  onForeign?(source: string, records: number, came: number | undefined): void;
  /** By an HTTP status a back end said that it has no record for a key; a wrong path has the same status. */
  onAbsent?(source: string, key: string, status: number): void;
  /** Records of the source could not be read. @param problems of the first of them, without values. */
  onUnreadable?(source: string, records: number, problems: readonly string[]): void;
}
