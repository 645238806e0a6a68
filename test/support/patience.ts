/**
 * Loaded into commands that tests start, before anything else: by default sources wait a minute, and not a second, and an operation
 * has two minutes, and not ten seconds; and the demo waits longer for what it asks. Otherwise a busy machine would decide which fields
 * of an answer are null, and what the demo's first page says. A project with times of its own keeps them.
 */
import { registerHooks } from 'node:module';

/** By the end of a file's address: its default, and the patient one. */
const PATIENT: Readonly<Record<string, readonly [string, string]>> = {
  '/src/adapters/source-policy.ts': ["timeout: moreThanNothing.prefault('1s')", "timeout: moreThanNothing.prefault('60s')"],
  '/src/config/limits.ts': ["isTimerTime).prefault('10s')", "isTimerTime).prefault('120s')"],
  '/examples/demo/feed.ts': ['const ANSWER_WITHIN = 2_000;', 'const ANSWER_WITHIN = 60_000;'],
  '/examples/demo/send-week.ts': ['const STORED_WITHIN = 20_000;', 'const STORED_WITHIN = 120_000;'],
  '/examples/demo/back-ends/started-service.ts': ['const PROBE_WITHIN = 5_000;', 'const PROBE_WITHIN = 60_000;'],
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const change = Object.entries(PATIENT).find(([file]) => url.endsWith(file))?.[1];
    if (change === undefined) return loaded;
    const source = String(loaded.source);
    if (!source.includes(change[0])) throw new Error(`test/support/patience.ts: expected ${change[0]} in ${url}`);
    return { ...loaded, source: source.replace(...(change as [string, string])) };
  },
});
