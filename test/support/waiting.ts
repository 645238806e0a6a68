/**
 * Options of `vi.waitFor`, and the default of `expect.poll` (vitest.config.ts). Milliseconds: long enough for a machine that is
 * busy with other work, and shorter than the time-out of a test, so that the failed expectation is reported.
 */
export const PATIENTLY = { timeout: 120_000, interval: 20 } as const;
