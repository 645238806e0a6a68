import { onTestFinished } from 'vitest';
import type { Store } from '../../src/model/ports.ts';
import { parseStoreUrl, type StoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';
import type { StoreOptions } from '../../src/store/store-location.ts';
import { temporaryDirectory } from './gateway.ts';
import { STORE, type StoreKind } from './stores.ts';

export interface TestStoreOptions extends StoreOptions {
  /** Default: the first of TEST_STORE. */
  readonly kind?: StoreKind;
  /** Default: a new folder. */
  readonly directory?: string;
  /** The store's name in the folder. A gateway's store is called `gateway`. */
  readonly name?: string;
}

/** Opens a store, and closes it when the test is over. */
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
