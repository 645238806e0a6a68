import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { rulesWith } from '../../identity/histories.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { newest } from '../../support/journey.ts';
import { openTestStore } from '../../support/open-store.ts';
import { openSqliteFile } from '../../support/sqlite-file.ts';
import { SQLITE } from '../../support/stores.ts';

const STORE = new URL('../../../src/store/sqlite/', import.meta.url);
const ORDER = { at: new Date(50), source: 'test', actor: null };
const at = (time: number) => ({ occurredAt: new Date(time), touchpoint: null, pageUrl: null, properties: {}, attributes: {} });

async function stored() {
  const directory = temporaryDirectory();
  const store = await openTestStore({ kind: SQLITE, directory, rules: rulesWith('reassign-latest') });
  const identifiers = [{ type: 'crmId', value: '1' }];
  const decision = await store.commit({ identifiers, occurredAt: new Date(1), source: 'test', eventId: null });
  const { customerId } = decision as { customerId: CustomerId };
  const save = (id: string, actor: string | null) =>
    store.saveInteractions([{ id, type: 'note', identifiers, source: 'test', provenAt: null, actor, ...at(2) }]);
  const file = openSqliteFile(join(directory, 'graph.db'));
  const journey = async () =>
    (await store.findInteractions(customerId, { ...newest(9), withActors: true })).map(({ id, actor }) => [id, actor]);
  return { store, customerId, save, file, journey };
}

it('a process of the first version with offers still writes interactions, and deletes them with what it does not know', async () => {
  const { customerId, save, file, journey } = await stored();
  await save('new', 'summer');
  // The statements of that version, as it has them.
  const insert = file.prepare('insert into interaction values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing');
  insert.run(customerId, 2, 'old', 'note', null, null, '{}', 2, 'crmId', '1', 'test');
  expect(await journey()).toEqual([
    ['old', null],
    ['new', 'summer'],
  ]);
  file.prepare('delete from interaction where customer_id = ? and occurred_at = ? and id = ?').run(customerId, 2, 'new');
  expect(file.prepare('select count(*) as n from interaction_actor').get()).toEqual({ n: 0 });
  file.close();
});

it('who sent an interaction first stays, and is gone when its customer is erased', async () => {
  const { store, customerId, save, file, journey } = await stored();
  await save('n', 'summer');
  await save('n', 'tom');
  expect(await journey()).toEqual([['n', 'summer']]);
  expect(await store.erase({ customerId, ...ORDER })).toBe(true);
  expect(file.prepare('select count(*) as n from interaction_actor').get()).toEqual({ n: 0 });
  file.close();
});

it('every insert names its columns, so that a process goes on writing when a newer one has added a column', () => {
  const unnamed = readdirSync(STORE)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      [...readFileSync(new URL(name, STORE), 'utf8').matchAll(/\binto \w+\s+(?:values|select)\b/g)].map(([text]) => [name, text]),
    );
  expect(unnamed).toEqual([]);
});
