import { parseStoreUrl, type StoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';

/**
 * Merges customers until it is killed, many at a time, and prints each event when it is stored.
 * Arguments: the store's URL, and a number that makes the events.
 */
const [url = '', seed = '1'] = process.argv.slice(2);
const rules = {
  types: [{ name: 'visitorId', class: 'cookie', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null }],
  conflict: 'reassign-latest',
  capacity: Number.MAX_SAFE_INTEGER,
} as const;
const store = await locateStore(parseStoreUrl(url) as StoreUrl, '/').open({ rules });

let state = Number(seed);
/** A linear congruential generator (Numerical Recipes): the same events for the same number. */
const next = (below: number) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state % below;
};

async function mergeForever(): Promise<never> {
  for (;;) {
    const identifiers = [next(5_000), next(5_000)].map((value) => ({ type: 'visitorId', value: String(value) }));
    await store.commit({ identifiers, occurredAt: new Date(), source: 'test', eventId: null });
    process.stdout.write(`${identifiers.map(({ value }) => value).join(' ')}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, mergeForever));
