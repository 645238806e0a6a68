/**
 * For `vi.waitFor`: until something becomes true that takes its time. Long enough for a machine that is busy with other
 * work, and shorter than the limit of a test, so that the expectation that failed is what is reported.
 */
export const PATIENTLY = { timeout: 120_000, interval: 20 } as const;
