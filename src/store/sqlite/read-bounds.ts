/** How much a read may look at on the calling thread. A read that needs more is answered by the reader thread. */
export interface ReadBounds {
  /** Ids of one customer: itself and all that were merged into it. */
  readonly ids: number;
  /** Rows in all. */
  readonly rows: number;
}

/** What takes a few milliseconds at most (bench/growth-reads.ts), so requests beside it hardly wait. */
export const SHORT_READ: ReadBounds = { ids: 64, rows: 1_000 };

/** For the reader thread, where a long read keeps nobody waiting. */
export const UNBOUNDED: ReadBounds = { ids: Number.MAX_SAFE_INTEGER - 1, rows: Number.MAX_SAFE_INTEGER - 1 };
