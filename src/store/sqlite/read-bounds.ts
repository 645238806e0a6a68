/** How much a read may look at on the calling thread. A read that needs more is answered by the reader thread. */
export interface ReadBounds {
  /** Ids of one customer: itself and all that were merged into it. */
  readonly ids: number;
  /** Rows in all. */
  readonly rows: number;
}

/**
 * A limit as a parameter. For `limit ?`, SQLite looks at the value while it plans, so it plans the statement again at each
 * call, which takes longer than a short statement itself. The value of an expression is not looked at.
 */
export const LIMIT = 'limit ? + 0';

/** What takes a few milliseconds at most (bench/growth-reads.ts), so requests beside it hardly wait. */
export const SHORT_READ: ReadBounds = { ids: 64, rows: 1_000 };

/** For the reader thread, where a long read keeps nobody waiting. */
export const UNBOUNDED: ReadBounds = { ids: Number.MAX_SAFE_INTEGER - 1, rows: Number.MAX_SAFE_INTEGER - 1 };
