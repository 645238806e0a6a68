import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/gateway.ts';
import { linesUntilKilled } from '../support/killed.ts';

it('is consistent, with every acknowledged merge, after being killed in the middle of merges, 6 times', async () => {
  const path = join(temporaryDirectory(), 'graph.db');
  const acknowledged = new Set<string>();
  for (let round = 1; round <= 6; round++) {
    for (const line of await linesUntilKilled('test/identity/merge-forever.ts', [path, String(round)], round * 60)) acknowledged.add(line);
    const database = new DatabaseSync(path);
    const count = (sql: string) => (database.prepare(sql).get() as { n: number }).n;
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(count('select count(*) as n from customer c join customer r on r.id = c.root_id where r.root_id <> r.id')).toBe(0);
    expect(count('select count(*) as n from customer where root_id not in (select id from customer)')).toBe(0);
    expect(count('select count(*) as n from identifier i left join customer c on c.id = i.customer_id where c.root_id is not c.id')).toBe(
      0,
    );
    const owners = new Map(
      (database.prepare('select value, customer_id from identifier').all() as { value: string; customer_id: string }[]).map((row) => [
        row.value,
        row.customer_id,
      ]),
    );
    for (const line of acknowledged) {
      const [one = '', other = ''] = line.split(' ');
      expect(owners.get(one)).toBeDefined();
      expect(owners.get(one)).toBe(owners.get(other));
    }
    database.close();
  }
  expect(acknowledged.size).toBeGreaterThan(1_000);
});
