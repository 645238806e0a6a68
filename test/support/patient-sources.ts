/**
 * Loaded into commands that tests start, before anything else: sources wait a minute by default, and not a second. Otherwise
 * a busy machine would decide which fields of an answer are null. A source with a time-out of its own keeps it.
 */
import { registerHooks } from 'node:module';

const FILE = '/src/adapters/source-policy.ts';
const [DEFAULT, PATIENT] = ["timeout: moreThanNothing.prefault('1s')", "timeout: moreThanNothing.prefault('60s')"];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(FILE)) return loaded;
    const source = String(loaded.source);
    if (!source.includes(DEFAULT)) throw new Error(`test/support/patient-sources.ts: expected ${DEFAULT} in ${url}`);
    return { ...loaded, source: source.replace(DEFAULT, PATIENT) };
  },
});
