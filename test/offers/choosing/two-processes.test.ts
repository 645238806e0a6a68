import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../../support/command.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { SQLITE } from '../../support/stores.ts';

/** All ask at once, and on a busy machine the last answer takes longer than operations may. */
const FILES = {
  'gateway.config.ts': `import { defineGateway, urlParameter } from 'customer-profile-gateway';
export default defineGateway({
  identifiers: { crmId: { class: 'person', unique: true, capture: [urlParameter('cid', { assurance: 'RECOGNIZED' })] } },
  placements: { home: { fallback: 'welcome' } },
  limits: { time: '5m' },
  store: 'sqlite:gateway.db',
});`,
  'schema.graphql': 'type Customer { favouriteStore: String @from(source: "captured") }',
  'offers/last.ts': offer("placements: ['home'], caps: [{ count: 1, of: 'everybody' }]"),
  'offers/welcome.ts': offer('placements: []'),
};
const OFFERS = '{ customer { offers(placement: "home") { name token } } }';
const PRESENTED = 'mutation ($t: String!) { respondToOffer(input: { token: $t, response: PRESENTED }) { outcome } }';

function offer(options: string): string {
  return `import { defineOffer } from 'customer-profile-gateway';
export default defineOffer({ ${options}, content: { en: { title: 'An offer' } } });`;
}

interface Given {
  readonly name: string;
  readonly token: string;
}

async function ask(url: string, customer: number, query: string, variables = {}) {
  const body = JSON.stringify({ query, variables });
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  return (await fetch(`${url}/graphql?cid=${customer}`, request)).json() as Promise<{ data: Record<string, unknown> }>;
}

async function offersOf(url: string, customer: number): Promise<readonly Given[]> {
  const { data } = await ask(url, customer, OFFERS);
  return (data.customer as { offers: readonly Given[] }).offers;
}

it('the last presentation of an offer is given once to 200 customers who ask two processes at once, and for good when it was seen', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'offers'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
  const start = () => new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory }).says(GATEWAY_URL);
  const urls = await Promise.all([start(), start()]);
  const urlFor = (customer: number) => urls[customer % 2] as string;
  const everybody = Array.from({ length: 200 }, (_, index) => index + 1);
  const given = await Promise.all(everybody.map((customer) => offersOf(urlFor(customer), customer)));
  const names = given.flat().map(({ name }) => name);
  expect([names.length, names.filter((name) => name === 'last').length]).toEqual([200, 1]);

  // Their response reaches the other process.
  const lucky = given.findIndex(([offered]) => offered?.name === 'last') + 1;
  const token = given[lucky - 1]?.[0]?.token;
  expect((await ask(urlFor(lucky + 1), lucky, PRESENTED, { t: token })).data).toEqual({ respondToOffer: { outcome: 'COUNTED' } });
  const again = await Promise.all(everybody.map((customer) => offersOf(urlFor(customer + 1), customer)));
  expect(new Set(again.flat().map(({ name }) => name))).toEqual(new Set(['welcome']));
  expect(SQLITE.rows(directory, 'gateway', 'select shown from offer_cap_span')).toEqual([{ shown: 1 }]);
});
