import { onTestFinished } from 'vitest';
import type { Store } from '../../src/model/ports.ts';
import { parseStoreUrl, type StoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';
import type { StoreOptions } from '../../src/store/store-location.ts';
import { temporaryDirectory } from './gateway.ts';
import { STORE, type StoreKind } from './stores.ts';

export interface TestStoreOptions extends StoreOptions {
  /** The first of TEST_STORE when left out. */
  readonly kind?: StoreKind;
  /** A folder of the test's own when left out. */
  readonly directory?: string;
  /** Tells stores of one folder apart; a gateway's is called `gateway`. */
  readonly name?: string;
}

/** A store that is closed when the test is over. */
export async function openTestStore({
  kind = STORE,
  directory = temporaryDirectory(),
  name = 'graph',
  ...options
}: TestStoreOptions): Promise<Store> {
  const store = await locateStore(parseStoreUrl(kind.url(directory, name)) as StoreUrl, directory).open(options);
  onTestFinished(() => store.close());
  return store;
}
