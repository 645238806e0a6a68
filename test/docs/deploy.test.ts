import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineAdapter, sqlAdapter } from '../../src/index.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';

const ME = '{ customer { id assurance } }';
const CAPTURE =
  'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted rejected { code } customer { id } } }';
const ERASE = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete sources { name erased } } }';
const JOURNEY = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id interactions { edges { node { type } } } } }';
const [OLD, NEW] = ['the secret of last year', 'the secret of this year'];

const bought = (occurredAt: string) => ({
  i: { interactions: [{ id: 'order-1', type: 'purchase', occurredAt, identifiers: [{ type: 'crmId', value: '1' }] }] },
});

/** Without a look at the other lane, which would be another visitor's request. */
const withSecret = (directory: string, secret: string) => testGateway({ directory, variables: { GATEWAY_SECRET: secret } });

describe('docs/deploy.md: the secret', () => {
  it('recognises cookies while the old secret is in the list, and issues new ones without it', async () => {
    const directory = temporaryDirectory();
    const before = await withSecret(directory, OLD);
    const { data, cookie } = await before.ask(ME);
    await before.gateway.close();

    const rotated = await withSecret(directory, `${NEW},${OLD}`);
    const known = await rotated.ask(ME, { cookie: cookie as string });
    expect(known.data.customer).toEqual({ id: data.customer.id, assurance: 'RECOGNIZED' });
    await rotated.gateway.close();

    const without = await withSecret(directory, NEW);
    const unknown = await without.ask(ME, { cookie: cookie as string });
    expect(unknown.data.customer.assurance).toBe('ANONYMOUS');
    expect(unknown.data.customer.id).not.toBe(data.customer.id);
  });
});

describe('docs/deploy.md: backup and restore', () => {
  it('restores all data of the time of the backup, and a later erasure can be repeated by its id', async () => {
    const service = { role: 'SERVICE' } as const;
    const original = await testGateway();
    const { data } = await original.ask(CAPTURE, { ...service, variables: bought('2026-01-05T10:00:00Z') });
    const { id } = data.captureInteractions.customer;
    const restored = temporaryDirectory();
    copyOf(join(original.directory, 'gateway.db'), join(restored, 'gateway.db'));
    expect((await original.ask(ERASE, { ...service, variables: { id } })).data.eraseCustomer.complete).toBe(true);

    const second = await testGateway({ directory: restored });
    const there = await second.ask(JOURNEY, service);
    expect(there.data.customerByIdentifier).toMatchObject({ id, interactions: { edges: [{ node: { type: 'purchase' } }] } });
    expect((await second.ask(ERASE, { ...service, variables: { id } })).data.eraseCustomer.complete).toBe(true);
    const again = await second.ask(CAPTURE, { ...service, variables: bought('2026-01-05T10:00:00Z') });
    expect(again.data.captureInteractions.accepted).toBe(0);
  });

  it('does not start on a store that a newer version has migrated', async () => {
    const directory = temporaryDirectory();
    const first = await testGateway({ directory });
    await first.gateway.close();
    const database = openSqliteFile(join(directory, 'gateway.db'));
    database.exec('pragma user_version = 1000');
    database.close();
    await expect(testGateway({ directory })).rejects.toThrow(/start the newer gateway/);
  });
});

describe('docs/configuration.md: defineAdapter', () => {
  it('adds erasure to an adapter of another kind', async () => {
    const file = join(temporaryDirectory(), 'crm.db');
    const database = openSqliteFile(file);
    database.exec("create table customer (customer_id text, name text); insert into customer values ('1', 'Ada')");
    database.close();
    const crm = sqlAdapter({
      url: `sqlite:${file}`,
      key: 'crmId',
      match: 'customer_id',
      query: 'select customer_id, name from customer where customer_id in ($keys)',
    });
    const erased: string[] = [];
    const erasing = defineAdapter({
      key: 'crmId',
      load: crm.load,
      probe: crm.probe,
      close: crm.close,
      erase: async (keys) => void erased.push(...keys),
    });
    const { ask } = await testGateway({
      schema: 'type Customer { name: String @from(source: "crm") }',
      dataSources: { crm: erasing },
    });
    const found = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id name } }', { role: 'SERVICE' });
    expect(found.data.customerByIdentifier.name).toBe('Ada');
    const { data } = await ask(ERASE, { role: 'SERVICE', variables: { id: found.data.customerByIdentifier.id } });
    expect(data.eraseCustomer).toEqual({ complete: true, sources: [{ name: 'crm', erased: true }] });
    expect(erased).toEqual(['1']);
  });
});

/** A copy of a store that is in use, as `backup` makes it. */
function copyOf(from: string, to: string): void {
  const database = openSqliteFile(from);
  database.prepare('vacuum into ?').run(to);
  database.close();
}
