import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { inventPerson } from '../../examples/demo-back-ends/invented-people.ts';
import { startOrderService } from '../../examples/demo-back-ends/order-service.ts';
import { prepareDemoData } from '../../examples/demo-back-ends/prepare.ts';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { foundKeys } from '../../src/sources/source-searches.ts';
import { sourceOf } from '../support/ask-source.ts';
import { temporaryDirectory } from '../support/gateway.ts';

/** The demo's own files, which read their addresses from the environment when they are loaded. */
async function demoSources() {
  const directory = temporaryDirectory();
  prepareDemoData(directory);
  const orders = await startOrderService(0);
  onTestFinished(() => orders.close());
  process.env.CRM_URL = `sqlite:${join(directory, 'crm.db')}`;
  process.env.ORDERS_URL = orders.url;
  onTestFinished(() => {
    delete process.env.CRM_URL;
    delete process.env.ORDERS_URL;
  });
  // Loaded for this test alone: another file of the same worker may have loaded them with other addresses.
  const load = async (name: string) => {
    const url = new URL(`../../datasources/${name}.ts`, import.meta.url);
    return ((await import(/* @vite-ignore */ `${url.pathname}?of=${basename(directory)}`)) as { default: DataAdapter }).default;
  };
  const find = async (adapter: DataAdapter) => {
    const source = sourceOf(adapter);
    return async (text: string, first = 20) => foundKeys(await source.search(text, first, {}).answer.promise());
  };
  return { crm: await find(await load('crm')), orders: await find(await load('orders')) };
}

it("the demo's CRM finds customers by number, name, e-mail address and phone number, its order service by invoice", async () => {
  const { crm, orders } = await demoSources();
  const { name, email, phone } = inventPerson('17850');
  expect((await crm('17850'))[0]).toBe('17850');
  const byPrefix = await crm('1785', 100);
  expect(byPrefix).toContain('17850');
  expect(byPrefix.slice(0, 3).every((key) => key.startsWith('1785'))).toBe(true);
  expect(await crm(name.toUpperCase(), 100)).toContain('17850');
  expect(await crm(name.split(' ').reverse().join(' '), 100)).toContain('17850');
  expect(await crm(`${name} nobody`, 100)).not.toContain('17850');
  expect(await crm(email)).toContain('17850');
  expect(await crm(phone)).toContain('17850');
  expect(await crm(phone.replace('+44', '0'))).toContain('17850');
  expect(await crm("100% o'nobody _ --")).toEqual([]);
  expect(await orders('536365')).toEqual(['17850']);
  expect((await orders('5363', 5)).length).toBe(5);
  expect(await orders('17')).toEqual([]);
});
