import { parseConfig } from '../../src/config/parse-config.ts';
import { parseStoreUrl, type StoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';
import project from './project/gateway.config.ts';
import { CUSTOMERS, crmRecord } from './work.ts';

/** Customers written at the same time. */
const TOGETHER = 1_000;

/**
 * Writes every customer of the work to a store, with a number and an e-mail address each, as `import identifiers` does.
 * @param url of the store, with absolute paths. @throws Error when the project's configuration is wrong.
 */
export async function fillStore(url: string): Promise<void> {
  const config = parseConfig('project/gateway.config.ts', project, ({ where, message }) => {
    throw new Error(`${where}: ${message}`);
  });
  if (config === null) return;
  const store = await locateStore(parseStoreUrl(url) as StoreUrl, '.').open({ rules: config.identity });
  for (let from = 1; from <= CUSTOMERS; from += TOGETHER) {
    const customers = Array.from({ length: Math.min(TOGETHER, CUSTOMERS - from + 1) }, (_, index) => crmRecord(from + index));
    await Promise.all(
      customers.map(({ customerId, email }) => {
        const identifiers = [
          { type: 'crmId', value: customerId },
          { type: 'email', value: email },
        ];
        return store.commit({ identifiers, occurredAt: new Date(), source: 'bench', eventId: null });
      }),
    );
  }
  await store.close();
}
