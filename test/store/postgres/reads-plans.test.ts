import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { identifierOf } from '../../../src/model/identifier.ts';
import type { JourneyRange } from '../../../src/model/interaction.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { AttributeReads } from '../../../src/store/postgres/reads/attribute-reads.ts';
import { IdentityEventReads } from '../../../src/store/postgres/reads/identity-event-reads.ts';
import { IdentityReads } from '../../../src/store/postgres/reads/identity-reads.ts';
import { InteractionReads } from '../../../src/store/postgres/reads/interaction-reads.ts';
import { TraitReads } from '../../../src/store/postgres/reads/trait-reads.ts';
import { type Connection, prepared, type Statement } from '../../../src/store/postgres/statement.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';
import { fillPostgres, insertInto, KEYS, type StoredRows, storedRows, TRAITS } from './reads-rows.ts';

const SECRET = 'secret';
const id = (n: number) => `customer-${n}` as CustomerId;
const times = { created_at: 1, first_seen_at: 1, last_seen_at: 1 };

/** Reads tables of a few rows, of a fixed number, whatever is in the store. */
const SMALL = ['trait_counter'];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

describe.skipIf(process.env.TEST_DATABASE === undefined)('reads of a store in PostgreSQL', () => {
  let connections: Connections;

  beforeAll(async () => {
    const url = { scheme: 'postgres', url: schemaUrl('reads', 'plans'), isCitus: false, identityAge: null } as const;
    await migrate(url);
    connections = new Connections(url);
  });
  afterAll(() => connections.close());

  it('find all that they answer by an index, and journeys in its order', async () => {
    const rows = fc.sample(storedRows, 1)[0] as StoredRows;
    await fillPostgres(connections.shared, rows, SECRET);
    const statements = new Map<string, Statement>();
    const watched: Connection = {
      run: (statement) => {
        statements.set(statement.prepared.text, statement);
        return connections.shared.run(statement);
      },
    };
    await readAll(watched);
    for (const statement of statements.values()) {
      const nodes = flat(await planOf(statement));
      const read = nodes.filter((node) => node['Relation Name'] !== undefined && !SMALL.includes(node['Relation Name']));
      for (const node of read) expect(node, statement.prepared.text).not.toHaveProperty('Node Type', 'Seq Scan');
      const isJourney = read.some((node) => node['Relation Name']?.startsWith('interaction'));
      if (isJourney)
        expect(
          nodes.map((node) => node['Node Type']),
          statement.prepared.text,
        ).not.toContain('Sort');
    }
    expect(statements.size).toBeGreaterThan(12);
  });

  it('have few texts, whatever is asked for', async () => {
    const texts = new Set<string>();
    const counted: Connection = {
      run: (statement) => {
        texts.add(statement.prepared.text);
        return connections.shared.run(statement);
      },
    };
    await readAll(counted);
    const before = texts.size;
    await readAll(counted, { limit: 77, olderThan: { occurredAt: new Date(9), id: 'b', customerId: 'c' }, touchpoints: ['a', 'b'] });
    expect(texts.size).toBe(before);
  });

  it('answer a customer with all identifiers while merges and splits go on', async () => {
    const [one, other] = [id(100), id(101)];
    const both = [one, other];
    const identifier = (customer: CustomerId) => ({ customer_id: customer, id_key: `email:${customer}`, type: 'email', value: customer });
    await insertInto(
      connections.shared,
      'customer',
      both.map((each) => ({ id: each, root_id: each, ...times })),
    );
    const kept = both.map((each) => ({ ...identifier(each), linked_at: 1, last_seen_at: 1, source: 'test' }));
    await insertInto(connections.shared, 'identifier', kept);
    const run = (connection: Connection, text: string) => connection.run({ prepared: prepared(text), values: both });
    let isOver = false;
    const changes = (async () => {
      for (let n = 0; n < 150; n++) {
        const isMerge = n % 2 === 0;
        await connections.inTransaction((connection) =>
          Promise.all([
            run(connection, `update customer set root_id = ${isMerge ? '$2' : '$1'} where id = $1 and $2 <> ''`),
            run(connection, `update identifier set customer_id = ${isMerge ? '$2' : '$1'} where id_key = 'email:' || $1 and $2 <> ''`),
          ]),
        );
      }
      isOver = true;
    })();
    const reads = new IdentityReads(connections.shared, SECRET);
    const apart = `${one}: ${one}; ${other}: ${other}`;
    const together = `${other}: ${one},${other}; ${other}: ${one},${other}`;
    const seen = new Set<string>();
    do {
      const found = await reads.findCustomers(both);
      seen.add(found.map((customer) => `${customer?.id}: ${customer?.identifiers.map(({ value }) => value).sort()}`).join('; '));
      // An alias costs two rounds, a customer one.
      const [alone] = await reads.findCustomers([one]);
      expect(alone?.identifiers.length).toBe(alone?.id === one ? 1 : 2);
    } while (!isOver);
    await changes;
    expect([...seen].filter((text) => text !== apart && text !== together)).toEqual([]);
  });

  async function planOf({ prepared: { text }, values }: Statement): Promise<Plan> {
    // One connection: its planner is set as that of all.
    const { rows } = await connections.shared.run({ prepared: prepared(`explain (format json) ${text}`), values });
    const [first] = rows as unknown as readonly [{ readonly 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }];
    return first['QUERY PLAN'][0].Plan;
  }
});

/** Runs every statement that reads have. */
async function readAll(connection: Connection, part: Partial<JourneyRange> = {}): Promise<void> {
  const ids = [0, 1, 2, 3, 4, 5].map(id);
  const identities = new IdentityReads(connection, SECRET);
  const identifiers = KEYS.map(identifierOf);
  await identities.findOwners(identifiers);
  await identities.findCustomers(ids);
  await identities.findConfirmations('ann', ids);
  await identities.findRetired(identifiers);
  await identities.provisionalIds(identifiers);
  await new AttributeReads(connection).find(ids);
  await new TraitReads(connection).find(ids, TRAITS, new Date(200));
  for (const each of ids) {
    await new IdentityEventReads(connection).find(each, { limit: 5, after: null });
    for (const order of ['newest-first', 'oldest-first'] as const) {
      for (const types of [null, ['view']]) {
        const range = { limit: 21, order, olderThan: null, newerThan: null, types, touchpoints: null, ...part };
        await new InteractionReads(connection).find(each, range);
      }
    }
  }
}

function flat(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flat)];
}
