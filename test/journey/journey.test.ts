import { describe, expect, it } from 'vitest';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { linesUntilKilled } from '../support/killed.ts';
import { STORE } from '../support/stores.ts';
import { signToken } from '../support/tokens.ts';

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $types: [String!], $touchpoints: [String!], $since: DateTime, $until: DateTime) {
  customer { interactions(first: $first, after: $after, last: $last, before: $before, types: $types, touchpoints: $touchpoints, since: $since, until: $until) {
    edges { cursor node { id type occurredAt } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}`;
const ADA = { role: 'CUSTOMER', subject: '1' } as const;

async function shop() {
  const gateway = await testGateway({ config: { touchpoints: { web: { channel: 'WEB' }, ios: { channel: 'MOBILE' } } } });
  const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: 'shop' })}`;
  const record = async (interactions: readonly object[]) => {
    const identifiers = [{ type: 'crmId', value: '1' }];
    const payload = JSON.stringify(interactions.map((each) => ({ identifiers, ...each })));
    const headers = { authorization, 'content-type': 'application/json' };
    return (await gateway.gateway.app.inject({ method: 'POST', url: '/interactions', payload, headers })).json();
  };
  const page = async (variables: object) => {
    const { data, errors, codes } = await gateway.ask(PAGE, { variables: variables as never, ...ADA });
    const connection = data?.customer?.interactions;
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    return { ids: connection?.edges.map(({ node }: any) => node.id), edges: connection?.edges, ...connection?.pageInfo, errors, codes };
  };
  return { ...gateway, record, page };
}
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
const day = [0, 1, 2, 3, 4, 5].map((n) => ({
  ...{ id: String(n), type: n % 2 === 0 ? 'view' : 'purchase', touchpoint: n < 3 ? 'web' : 'ios', occurredAt: at(n) },
}));

describe('Customer.interactions', () => {
  it('pages both ways, as the Relay specification has it', async () => {
    const { record, page } = await shop();
    await record(day);
    expect(await page({})).toMatchObject({ ids: ['5', '4', '3', '2', '1', '0'], hasNextPage: false, hasPreviousPage: false });
    const first = await page({ first: 2 });
    expect(first).toMatchObject({ ids: ['5', '4'], hasNextPage: true, hasPreviousPage: false });
    const second = await page({ first: 2, after: first.endCursor });
    expect(second).toMatchObject({ ids: ['3', '2'], hasNextPage: true, hasPreviousPage: true });
    expect(await page({ last: 1, before: second.startCursor })).toMatchObject({ ids: ['4'], hasNextPage: true, hasPreviousPage: true });
    expect(await page({ last: 2 })).toMatchObject({ ids: ['1', '0'], hasNextPage: false, hasPreviousPage: true });
    expect(await page({ first: 4, last: 1 })).toMatchObject({ ids: ['2'], hasNextPage: true, hasPreviousPage: true });
    expect(await page({ after: first.startCursor, before: second.endCursor })).toMatchObject({ ids: ['4', '3'] });
    expect(await page({ first: 0 })).toMatchObject({ ids: [], hasNextPage: true, startCursor: null, endCursor: null });
  });

  it.each([
    ['names', Array.from({ length: 1_001 }, () => 'a')],
    ['characters', ['a'.repeat(100_001)]],
  ])('takes a filter of at most so many %s', async (_, names) => {
    const { ask } = await testGateway();
    for (const argument of ['types', 'touchpoints']) {
      const query = `query ($n: [String!]) { customer { interactions(${argument}: $n) { edges { cursor } } } }`;
      const { errors } = await ask(query, { variables: { n: names }, path: '/graphql?cid=1' });
      expect(errors).toMatchObject([
        { message: expect.stringContaining(`${argument}: expected at most 1000 names`), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
  });

  it('has interactions of one time, sent one after the other without ids, in the order in which they were received', async () => {
    const { record, page } = await shop();
    const types = Array.from({ length: 12 }, (_, n) => `type ${n}`);
    for (const type of types) await record([{ type, occurredAt: at(1) }]);
    expect((await page({})).edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual(types.toReversed());
  });

  it('filters by type, touchpoint and time', async () => {
    const { record, page } = await shop();
    await record(day);
    expect((await page({ types: ['purchase'] })).ids).toEqual(['5', '3', '1']);
    expect((await page({ types: ['purchase'], touchpoints: ['web'] })).ids).toEqual(['1']);
    expect((await page({ types: [] })).ids).toEqual([]);
    expect((await page({ since: at(2), until: at(4) })).ids).toEqual(['3', '2']);
    const { endCursor } = await page({ first: 2, since: at(1) });
    expect((await page({ after: endCursor, since: at(1) })).ids).toEqual(['3', '2', '1']);
    expect((await page({ last: 2, until: at(4) })).ids).toEqual(['1', '0']);
  });

  it('refuses an invalid size and an invalid cursor', async () => {
    const { page } = await shop();
    expect((await page({ first: 201 })).errors[0]?.message).toBe('first: expected 0 to 200, received 201');
    expect((await page({ last: -1 })).codes).toEqual(['BAD_USER_INPUT']);
    for (const cursor of ['', 'x', Buffer.from('[1]').toString('base64url'), Buffer.from('["1","a","b"]').toString('base64url')]) {
      expect((await page({ after: cursor })).errors[0]?.message).toBe('after: expected a cursor of this connection');
    }
  });

  it('needs a proven customer', async () => {
    const { ask, record } = await shop();
    await record(day);
    const query = '{ customer { interactions { edges { node { id } } } } }';
    expect((await ask(query, { path: '/graphql?email=ada@example.com' })).codes).toEqual(['INSUFFICIENT_ASSURANCE']);
  });

  it('leaves no gap and repeats nothing over 10,000 interactions while new ones arrive, old ones among them', async () => {
    const { record, page } = await shop();
    for (let from = 0; from < 10_000; from += 2_500) {
      await record(Array.from({ length: 2_500 }, (_, n) => ({ id: `o${from + n}`, type: 'view', occurredAt: at((from + n) % 3_000) })));
    }
    const read: { id: string; occurredAt: string }[] = [];
    let after: string | null = null;
    for (let pages = 0; ; pages++) {
      const [next]: [Awaited<ReturnType<typeof page>>, unknown] = await Promise.all([
        page({ first: 200, after }),
        record([
          { id: `new${pages}`, type: 'view' },
          { id: `late${pages}`, type: 'view', occurredAt: at(pages * 61) },
        ]),
      ]);
      read.push(...next.edges.map(({ node }: { node: (typeof read)[number] }) => node));
      after = next.endCursor;
      if (!next.hasNextPage) break;
    }
    const ids = read.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('o'))).toHaveLength(10_000);
    const times = read.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual([...times].sort().reverse());
  });
});

describe('Customer.sessions', () => {
  it('has interactions with less than 30 minutes between one and the next, at any touchpoint', async () => {
    const { record, ask } = await shop();
    const visit = (minute: number, touchpoint: string, pageUrl?: string) => ({ type: 'view', occurredAt: at(minute), touchpoint, pageUrl });
    await record([
      visit(0, 'web', 'https://shop.example/'),
      visit(29, 'ios'),
      visit(58, 'web'),
      visit(88, 'web', 'https://shop.example/b'),
    ]);
    await record([visit(200, 'ios')]);
    const query = `query ($after: String) { customer { sessions(first: 2, after: $after) {
      edges { node { startedAt endedAt interactionCount touchpoints landingPage interactions { occurredAt } } } pageInfo { hasNextPage endCursor }
    } } }`;
    const read = async (after: string | null) => (await ask(query, { variables: { after }, ...ADA })).data.customer.sessions;
    const { edges, pageInfo } = await read(null);
    expect(edges.map(({ node: { interactions, ...session } }: { node: { interactions: unknown } }) => session)).toEqual([
      { startedAt: `${at(200)}`, endedAt: at(200), interactionCount: 1, touchpoints: ['ios'], landingPage: null },
      { startedAt: at(88), endedAt: at(88), interactionCount: 1, touchpoints: ['web'], landingPage: 'https://shop.example/b' },
    ]);
    expect(pageInfo.hasNextPage).toBe(true);
    const older = await read(pageInfo.endCursor);
    expect(older.pageInfo.hasNextPage).toBe(false);
    expect(older.edges.map(({ node }: { node: object }) => node)).toEqual([
      {
        ...{ startedAt: at(0), endedAt: at(58), interactionCount: 3, touchpoints: ['web', 'ios'], landingPage: 'https://shop.example/' },
        interactions: [58, 29, 0].map((minute) => ({ occurredAt: at(minute) })),
      },
    ]);
  });
});

describe('Customer.lastSeenAt', () => {
  it('and firstSeenAt include the interactions of the customer', async () => {
    const { record, ask } = await shop();
    await record([{ type: 'view', occurredAt: at(5) }]);
    await record([
      { type: 'view', occurredAt: at(1) },
      { type: 'view', occurredAt: at(9) },
    ]);
    const { data } = await ask('{ customer { firstSeenAt lastSeenAt } }', ADA);
    expect(data.customer).toEqual({ firstSeenAt: at(1), lastSeenAt: at(9) });
  });
});

describe('an acknowledged interaction', () => {
  it('is stored exactly once after the process was killed under load, 6 times', async () => {
    const directory = temporaryDirectory();
    const store = STORE.url(directory, 'gateway');
    const acknowledged = new Set<string>();
    for (let round = 1; round <= 6; round++) {
      const lines = await linesUntilKilled('test/journey/record-forever.ts', [directory, store, String(round)], 5 + round * 10);
      for (const id of lines.flatMap((line) => line.split(' '))) acknowledged.add(id);
    }
    const stored = ((await STORE.rows(directory, 'gateway', 'select id from interaction')) as { id: string }[]).map(({ id }) => id);
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.size).toBeGreaterThan(500);
    expect([...acknowledged].filter((id) => !new Set(stored).has(id))).toEqual([]);
  });
});
