import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

const ADA = { type: 'crmId', value: 'ada' };

/** An interaction of Ada, for what it says about her. */
function interaction(id: string, at: number, attributes: Readonly<Record<string, unknown>>) {
  const rest = { type: 'view', touchpoint: 'web', pageUrl: null, properties: {}, source: 'test', provenAt: null };
  return { id, occurredAt: new Date(at), identifiers: [ADA], attributes, ...rest };
}

async function attributesIn(store: Store) {
  const [id] = await store.findOwners([ADA]);
  const [attributes = []] = await store.findAttributes([id as CustomerId]);
  return attributes;
}

describe.each(STORES)('attributes in $name', (kind) => {
  const open = () => openTestStore({ kind, rules: rulesWith('reassign-latest') });

  it('have at most 500 names, and those are kept up to date', async () => {
    const store = await open();
    const fifty = (n: number) => Object.fromEntries(Array.from({ length: 50 }, (_, k) => [`name ${n}-${k}`, 1]));
    await store.saveInteractions(Array.from({ length: 11 }, (_, n) => interaction(String(n), n, fifty(n))));
    await store.saveInteractions([interaction('late', 99, { 'name 0-0': 2, 'name new': 2 })]);
    const attributes = await attributesIn(store);
    expect(attributes).toHaveLength(500);
    expect(attributes.find(({ name }) => name === 'name 0-0')?.value).toBe(2);
  });

  it('that an interaction brings are kept, unless a newer one is there', async () => {
    const store = await open();
    await store.saveInteractions([
      interaction('1', 2, { size: 'L' }),
      interaction('2', 1, { size: 'M' }),
      interaction('1', 3, { size: 'XL' }),
    ]);
    expect(await attributesIn(store)).toEqual([{ name: 'size', value: 'L', touchpoint: 'web', capturedAt: new Date(2) }]);
  });
});
