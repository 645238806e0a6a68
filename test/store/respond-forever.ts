import type { CustomerId } from '../../src/model/customer.ts';
import { parseStoreUrl, type StoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';
import { rulesWith } from '../identity/histories.ts';
import { decision, later, ofEverybody, perCustomer, response, toKeep } from './offer-samples.ts';

/** Reserves and presents offers until it is killed. Prints the decision of each response that was counted. */
const [url = '', round = ''] = process.argv.slice(2);
const store = await locateStore(parseStoreUrl(url) as StoreUrl, process.cwd()).open({ rules: rulesWith('reassign-latest') });
const caps = [perCustomer(1_000_000), ofEverybody(1_000_000)];

async function present(name: string): Promise<void> {
  const identifier = { type: 'crmId', value: name };
  await store.commit({ identifiers: [identifier], occurredAt: later(0), source: 'test', eventId: null });
  const [id] = (await store.findOwners([identifier])) as [CustomerId];
  for (let n = 0; ; n++) {
    const made = decision(id, { id: `${round} ${name} ${n}`, at: later(n) });
    await store.keepDecision(toKeep(made, caps, { holder: round }));
    // Every third stays reserved, and is used by the next decision.
    if (n % 3 === 2) continue;
    await store.saveResponse(response(made, identifier, { caps }));
    process.stdout.write(`${made.id}\n`);
  }
}

await Promise.all(['a', 'b', 'c', 'd'].map(present));
