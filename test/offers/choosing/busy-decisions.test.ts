import { expect, it, onTestFinished } from 'vitest';
import { memorySource } from '../../support/gateway.ts';
import { ADA, AGENT, BY_PRIORITY, offerGateway, offersOf, respond, type ShownOffer } from '../offer-gateway.ts';

const SCHEMA = `
  type Customer { name: String @from(source: "crm") loyalty: Loyalty @from(source: "loyalty") }
  type Loyalty { points: Int }
`;

/** Records whose points are read by rules only, and take about as long as many rules. Counts how many of them are read in a turn. */
function slowRecords(ids: readonly string[]) {
  const perTurn = [0];
  const count = () => {
    perTurn.push(0);
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  onTestFinished(() => clearImmediate(next));
  let sum = 0;
  const points = () => {
    perTurn[perTurn.length - 1] = (perTurn.at(-1) as number) + 1;
    for (let step = 0; step < 500_000; step++) sum += Math.sqrt(step);
    return sum > 0 ? 1 : 0;
  };
  const record = () => Object.defineProperty({}, 'points', { enumerable: true, get: points });
  return { perTurn, adapter: memorySource(Object.fromEntries(ids.map((id) => [id, record()]))).adapter };
}

it.each(['offers(placement: "home") { name }', 'audiences'])(
  'others are served between the decisions of an operation: %s',
  async (field) => {
    const ids = Array.from({ length: 100 }, (_, at) => `${at + 1}`);
    const { perTurn, adapter } = slowRecords(ids);
    const gateway = await offerGateway({
      schema: SCHEMA,
      loyalty: adapter,
      offers: { only: { when: 'customer.loyalty.points == 1' } },
      config: { audiences: { only: 'customer.loyalty.points == 1' }, decisions: BY_PRIORITY },
    });
    const { data, errors } = await gateway.ask(`query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { ${field} } }`, {
      ...AGENT,
      variables: { i: ids.map((value) => ({ type: 'crmId', value })) },
    });
    expect(errors).toEqual([]);
    expect(data.customersByIdentifiers).toHaveLength(100);
    const made = perTurn.reduce((sum, count) => sum + count, 0);
    expect(made).toBe(100);
    // Together they take many slices of 15 milliseconds.
    // A busy machine has more turns than a call may have arguments.
    expect(perTurn.reduce((most, count) => Math.max(most, count), 0)).toBeLessThan(made * 0.75);
  },
);

it('a customer whose channel changes with each request gets no new decision, and no further token, each time', async () => {
  let time = Date.parse('2026-01-26T14:05:00Z');
  const gateway = await offerGateway({
    placements: { home: { slots: 1, sticky: '1h' } },
    offers: { web: { channels: ['WEB'], caps: [{ count: 100, of: 'everybody' }] }, mobile: { channels: ['MOBILE'] } },
    config: { touchpoints: { web: { channel: 'WEB' }, ios: { channel: 'MOBILE', visitors: true } } },
    now: () => new Date(time),
  });
  const given: ShownOffer[] = [];
  for (let times = 0; times < 12; times++) {
    given.push(...(await offersOf(gateway, { ...ADA, headers: { 'x-touchpoint': times % 2 === 0 ? 'web' : 'ios' } })));
    time += 1_000;
  }
  expect(given.map(({ name }) => name).join(' ')).toMatch(/^(web mobile ?){6}$/);
  expect(new Set(given.map(({ token }) => token)).size).toBe(2);
  const [first, , second] = given as [ShownOffer, ShownOffer, ShownOffer];
  const responses = [first, second].map(({ token }) => respond(gateway, ADA, { token, response: 'PRESENTED' }));
  expect((await Promise.all(responses)).sort()).toEqual(['COUNTED', 'REPEATED']);
});
