import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/gateway.ts';
import { linesUntilKilled } from '../support/killed.ts';
import { STORES } from '../support/stores.ts';

const BROKEN = {
  'aliases of an alias': 'select c.id from customer c join customer r on r.id = c.root_id where r.root_id <> r.id',
  'aliases of nobody': 'select id from customer where root_id not in (select id from customer)',
  'identifiers of an alias, or of nobody':
    'select i.value from identifier i left join customer c on c.id = i.customer_id where c.root_id is null or c.root_id <> c.id',
};

it.each(STORES)('$name is consistent, with every acknowledged merge, after being killed in the middle of merges, 6 times', async (kind) => {
  const directory = temporaryDirectory();
  const acknowledged = new Set<string>();
  for (let round = 1; round <= 6; round++) {
    const args = [kind.url(directory, 'graph'), String(round)];
    for (const line of await linesUntilKilled('test/store/merge-forever.ts', args, round * 60)) acknowledged.add(line);
    for (const [what, sql] of Object.entries(BROKEN)) expect({ [what]: await kind.rows(directory, 'graph', sql) }).toEqual({ [what]: [] });
    const rows = (await kind.rows(directory, 'graph', 'select value, customer_id from identifier')) as {
      value: string;
      customer_id: string;
    }[];
    const owners = new Map(rows.map(({ value, customer_id }) => [value, customer_id]));
    for (const line of acknowledged) {
      const [one = '', other = ''] = line.split(' ');
      expect(owners.get(one)).toBeDefined();
      expect(owners.get(one)).toBe(owners.get(other));
    }
  }
  expect(acknowledged.size).toBeGreaterThan(1_000);
});
