/** How often a write is tried; each try waits for seconds already (busy timeout). */
const TRIES = 12;

/**
 * Writes to a store that others write to at the same time: who finds it locked has stored nothing, and tries again.
 * @throws Error as the write does, and for a store that stays locked.
 */
export async function patiently<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === TRIES || !/database is (locked|busy)/.test((error as Error).message)) throw error;
    }
  }
}
