import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const CONFIG = "export default { identifiers: { crmId: { class: 'person', unique: true } } };\n";
const source = (options: string, kind = 'defineAdapter') =>
  `import { ${kind} } from 'customer-profile-gateway';\nexport default ${kind}({ key: 'crmId', ${options} });\n`;
/** One record, for the key 17850 alone. */
const record = (text: string) => source(`load: async (keys) => keys.map((key) => (key === '17850' ? ${text} : null))`);

/** What `check --identifier crmId=17850` prints of a project. @param files beside the configuration, by their path. */
async function check(files: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}) {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'datasources'));
  for (const [name, text] of Object.entries({ 'gateway.config.ts': CONFIG, ...files })) writeFileSync(join(directory, name), text);
  const options = ['check', '--config', join(directory, 'gateway.config.ts'), '--identifier', 'crmId=17850'];
  const { code, stdout, stderr } = await new Command(CLI, options, { variables }).ended();
  return { code, text: stdout + stderr };
}

/** A back end that answers every request so. */
async function backEnd(answer: (url: string) => { readonly status: number; readonly body?: unknown }): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const { status, body } = answer(url);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('says of each field whose value its type can not take what came', async () => {
  const { code, text } = await check({
    'schema.graphql': `type Customer {
  age: Int @from(source: "crm")
  joined: DateTime @from(source: "crm", path: "dates.joined") @access(min: VERIFIED, roles: [ADMIN])
  name: String @from(source: "crm")
  secret: Int @from(source: "crm", path: "name") @access(roles: [AGENT])
}\n`,
    'datasources/crm.ts': record("{ age: 'forty-one', name: 'Ada', dates: { joined: '2025-01-01 10:00:00' } }"),
  });
  expect(text).toMatch(/Customer\.age: expected a value for Int from crm, received .*"forty-one"/);
  expect(text).toMatch(/Customer\.joined \(path "dates\.joined"\): expected a value for DateTime from crm, received .*timeZone.*/);
  expect(text).toMatch(/Customer\.secret \(path "name"\): expected a value for Int from crm/);
  expect(text).not.toMatch(/Customer\.name|FORBIDDEN|UNAUTHENTICATED/);
  expect(code).toBe(1);
});

it('says which bound field a record does not have, and which it has', async () => {
  const { code, text } = await check({
    'schema.graphql':
      'type Customer { city: String @from(source: "crm", path: "address.town") nick: String @from(source: "crm") zip: String @from(source: "crm", path: "empty.zip") }\n',
    'datasources/crm.ts': record("{ nickname: 'Ada', address: { city: 'London' }, empty: null }"),
  });
  expect(text).toContain('Customer.city (path "address.town"): the record\'s address has no field town; it has city');
  expect(text).toContain('Customer.nick: the record has no field nick; it has nickname, address, empty');
  expect(text).not.toContain('Customer.zip');
  expect(code).toBe(0);
});

it('looks into lists, pages and other sources that a record leads to', async () => {
  const { code, text } = await check({
    'schema.graphql': `type Customer { orders(first: Int = 20, after: String): OrderConnection @from(source: "orders") }
type Order { id: ID! totl: Float amount: Int product: Product @from(source: "catalog", key: "sku") sku: String }
type Product { title: String price: Int }\n`,
    'datasources/orders.ts': source(
      "many: true, load: async (keys) => keys.map((key) => key === '17850' ? Array.from({ length: 50 }, (_, n) => ({ id: n, total: n, amount: 'much', sku: 'a' })) : [])",
    ),
    'datasources/catalog.ts': source("load: async (keys) => keys.map(() => ({ title: 'Tea', price: 'cheap' }))").replace(
      "key: 'crmId', ",
      '',
    ),
  });
  expect(text).toMatch(/orders .*(\n.*)*\n {4}Order\.amount: expected a value for Int from orders, received .*"much".*\(20 times\)/);
  expect(text).toContain('Order.totl: none of the 20 records has a field totl; they have id, total, amount, sku');
  expect(text).toMatch(/catalog .*(\n.*)*\n {4}Product\.price: expected a value for Int from catalog, received .*"cheap"/);
  expect(code).toBe(1);
});

it('says of interfaces, JSON in texts, times of newestBy and further calls what is wrong, and what was not tried', async () => {
  const { code, text } = await check({
    'schema.graphql': `type Customer {
  things: [Thing] @from(source: "crm", path: "things")
  address: Address @from(source: "crm", path: "text")
  name: String @from(source: "crm", newestBy: "updatd") @from(source: "crm", path: "name")
  found(text: String!): [Thing] @from(source: "crm", path: "things")
  extra: Extra @from(source: "crm", path: "extra")
}
interface Thing { id: ID }
type Book implements Thing { id: ID pages: Int }
type Address { city: String zip: String! }
type Extra { id: ID more: More @from(source: "deep", key: "id") }
type More { z: String }\n`,
    'datasources/crm.ts': record(
      `{ name: 'Ada', updated: '2025', text: '{"city":"Rome"}', extra: { id: 1 }, things: [{ __typename: 'Book', id: 1, pages: 'x' }, { id: 2 }] }`,
    ),
    'datasources/deep.ts': source("load: async () => { throw new Error('deep trouble'); }").replace("key: 'crmId', ", ''),
  });
  expect(code).toBe(1);
  for (const line of [
    'Customer.things: expected __typename to be one of Book for Thing from crm, received none',
    'Book.pages: expected a value for Int from crm, received an unfit string: "x"',
    'Address.zip: expected a value for String! from crm, received null',
    'Address.zip: the record has no field zip; it has city',
    'Customer.name (path "updatd"): the record has no field updatd; it has name, updated, text, extra, things',
    'Customer.found: not tried, since it needs the argument text',
    'the call for a field failed: deep trouble',
  ])
    expect(text.split('\n')).toContain(`    ${line}`);
});

it('says that a refused call had none of the headers that callers send', async () => {
  const { code, text } = await check({
    'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n',
    'datasources/crm.ts': source(
      `baseUrl: '${await backEnd(() => ({ status: 401 }))}', batch: '/c?ids={keys}', match: 'id', forward: ['authorization']`,
      'httpAdapter',
    ),
  });
  expect([code, text]).toEqual([1, expect.stringMatching(/answered status 401\n {4}check sends none of the headers .*: authorization/)]);
});

it('asks by a second key, so that records without an order of their own show', async () => {
  const unordered = await check({
    'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n',
    'datasources/crm.ts': source(
      `baseUrl: '${await backEnd(() => ({ status: 200, body: [{ id: '17850', name: 'Ada' }] }))}', batch: '/c?ids={keys}'`,
      'httpAdapter',
    ),
  });
  expect(unordered.code).toBe(1);
  expect(unordered.text).toMatch(/\n {4}asked together with the made-up key 32766: SOURCE_INVALID: .*expected one entry per key \(2\)/);

  const same = await check({
    'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n',
    'datasources/crm.ts': source("load: async (keys) => keys.map(() => ({ name: 'Ada' }))"),
  });
  expect(same.text).toMatch(/the made-up key .* has the same record/);
});

it('says which status came where nothing is there', async () => {
  const baseUrl = await backEnd(() => ({ status: 404 }));
  const files = { 'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n' };
  const one = await check({ ...files, 'datasources/crm.ts': source(`baseUrl: '${baseUrl}', one: '/costumers/{key}'`, 'httpAdapter') });
  expect(one.text).toMatch(/null\n {4}status 404 .*path/);
  expect(one.text).toContain('for the made-up key, too');
  const batch = await check({
    ...files,
    'datasources/crm.ts': source(`baseUrl: '${baseUrl}', batch: '/costumers?ids={keys}', match: 'id'`, 'httpAdapter'),
  });
  expect([batch.code, batch.text]).toEqual([1, expect.stringMatching(/SOURCE_UNAVAILABLE, .*answered status 404/)]);
});

it('shortens long lists and texts within a record', async () => {
  const { text } = await check({
    'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n',
    'datasources/crm.ts': record("{ name: 'x'.repeat(5000), lines: Array.from({ length: 900 }, (_, n) => ({ n })) }"),
  });
  expect(text).toContain('… and 898 more');
  expect(text.length).toBeLessThan(2_000);
});

it('warns of a NODE_ENV that looks like production and is none', async () => {
  const files = {
    'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n',
    'datasources/crm.ts': record("{ name: 'Ada' }"),
  };
  expect((await check(files, { NODE_ENV: 'prod' })).text).toMatch(/warning: NODE_ENV: .*"prod".*production/);
  expect((await check(files, { NODE_ENV: 'test' })).text).not.toContain('warning: NODE_ENV');
});

it('warns in production that the proxy is not named, unless the configuration says that there is none', async () => {
  const files = {
    'schema.graphql': 'type Customer { name: String @from(source: "crm") }\n',
    'datasources/crm.ts': record("{ name: 'Ada' }"),
  };
  const production = { NODE_ENV: 'production' };
  expect((await check(files, production)).text).toMatch(/warning: trustProxy: is not set: .*limits\.connections.*one client; name your/);
  const direct = CONFIG.replace('identifiers', 'trustProxy: false, identifiers');
  expect((await check({ ...files, 'gateway.config.ts': direct }, production)).text).not.toContain('trustProxy');
  expect((await check(files)).text).not.toContain('trustProxy');
});
