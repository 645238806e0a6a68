import { describe, expect, it } from 'vitest';
import { ADA, ADMIN, AGENT, BEN, BY_PRIORITY, explained, idOf, namesOf, offerGateway, offersOf, respond, type ShownOffer, see } from './offer-gateway.ts';

const WELCOME = { placements: ['nowhere'] };
const HOME = { home: { slots: 1, fallback: 'welcome', min: 'ANONYMOUS' }, nowhere: {} } as const;
const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids, reason: "test" }) { customer { id } } }';

describe('control', () => {
  const control = { decisions: { ...BY_PRIORITY, control: 0.5 } };
  const offers = { gift: { priority: 2 }, welcome: WELCOME };
  it('is kept when the secret changes', async () => {
    const of = async (secret: string, directory?: string) => {
      const g = await offerGateway({ placements: HOME, offers, config: control, variables: { GATEWAY_SECRET: secret }, ...(directory && { directory }) });
      const shown = [];
      for (let n = 1; n <= 40; n++) shown.push(...(await offersOf(g, { path: `/graphql?cid=${n}` })).map(({ id, name }) => `${name} ${id}`));
      return { g, shown };
    };
    const before = await of('an-old-secret-of-this-gateway-0123');
    const after = await of('a-new-secret-of-this-gateway-45678', before.g.directory);
    expect(after.shown).toEqual(before.shown);
    expect(new Set(before.shown.map((s) => s.split(' ')[0])).size).toBe(2);
  });
  it('is kept through merges', async () => {
    const g = await offerGateway({ placements: HOME, offers, config: control });
    for (let n = 0; n < 8; n++) {
      const [a, b] = [{ role: 'CUSTOMER', subject: `a${n}` }, { role: 'CUSTOMER', subject: `b${n}` }] as const;
      await see(g, a); 
      await see(g, b);
      const [ida, idb, na] = [await idOf(g, a), await idOf(g, b), await namesOf(g, a)];
      const m = await g.ask(MERGE, { ...AGENT, variables: { ids: [ida, idb] } });
      const survivor = m.data.mergeCustomers.customer.id;
      const expected = survivor === ida ? na : [];
      if (survivor === ida) { expect(await namesOf(g, a)).toEqual(expected); expect(await namesOf(g, b)).toEqual(expected); }
    }
  });
});

describe('ways to ask', () => {
  const offers = { gift: { priority: 2, when: 'customer.tier == "GOLD"' }, welcome: WELCOME };
  it('entities and node', async () => {
    const g = await offerGateway({ placements: HOME, offers });
    await see(g, ADA);
    const id = await idOf(g, ADA);
    const e = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id offers(placement: "home") { name token } audiences } } }';
    const r = { r: [{ __typename: 'Customer', id }] };
    expect((await g.ask(e, { role: 'SERVICE', variables: r })).data._entities[0].offers).toMatchObject([{ name: 'gift' }]);
    expect((await g.ask(e, { ...ADA, variables: r })).data._entities[0].offers).toMatchObject([{ name: 'gift' }]);
    expect((await g.ask(e, { ...BEN, variables: r })).data._entities).toEqual([null]);
    const n = 'query ($id: ID!) { node(id: $id) { ... on Customer { offers(placement: "home") { id name } } } }';
    expect((await g.ask(n, { ...ADA, variables: { id } })).data.node.offers).toMatchObject([{ name: 'gift' }]);
    expect((await g.ask(n, { ...BEN, variables: { id } })).data.node).toBe(null);
    const [offer] = (await offersOf(g, ADA)) as [ShownOffer];
    expect((await g.ask(n, { ...ADA, variables: { id: offer.id } })).data.node).toBe(null);
    const many = '{ customersByIdentifiers(identifiers: [{type:"crmId",value:"1"},{type:"crmId",value:"2"},{type:"crmId",value:"77"}]) { offers(placement: "home") { name } a: offers(placement: "home", first: 1) { name } } }';
    const m = await g.ask(many, AGENT);
    expect([m.data, m.errors]).toEqual([{ customersByIdentifiers: [{ offers: [{ name: 'gift' }], a: [{ name: 'gift' }] }, { offers: [{ name: 'welcome' }], a: [{ name: 'welcome' }] }, { offers: [{ name: 'welcome' }], a: [{ name: 'welcome' }] }] }, []]);
  });
  it('explains a visitor who has seen offers and nothing else', async () => {
    const g = await offerGateway({ placements: HOME, offers: { gift: { priority: 2 }, welcome: WELCOME } });
    const first = await g.ask('{ customer { id } }');
    const cookie = first.cookie as string;
    await offersOf(g, { cookie });
    const id = await idOf(g, { cookie });
    const x = await g.ask('query ($id: ID!) { explainOffers(customerId: $id, placement: "home") { offers { name } } }', { ...AGENT, variables: { id } });
    expect(x.errors).toEqual([]);
  });
  it('performance refuses nonsense', async () => {
    const g = await offerGateway({ placements: HOME, offers });
    const p = 'query ($p: String, $s: DateTime, $u: DateTime) { offerPerformance(placement: $p, since: $s, until: $u) { offer } }';
    console.log(JSON.stringify(await g.ask(p, { ...ADMIN, variables: { p: 'nope' } })));
    console.log(JSON.stringify(await g.ask(p, { ...ADMIN, variables: { s: '2026-02-01T00:00:00Z', u: '2026-01-01T00:00:00Z' } })));
  });
});

describe('responses', () => {
  const offers = { gift: { priority: 2, caps: [{ count: 5 }] }, welcome: WELCOME };
  it('of an offer whose file is gone', async () => {
    const g = await offerGateway({ placements: HOME, offers });
    const [{ token }] = (await offersOf(g, ADA)) as [ShownOffer];
    const gone = await offerGateway({ placements: HOME, offers: { welcome: WELCOME }, directory: g.directory });
    expect(await respond(gone, ADA, { token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await respond(gone, ADA, { token, response: 'PRESENTED' })).toBe('REPEATED');
    expect((await gone.ask('{ offerPerformance { offer presented } }', ADMIN)).data.offerPerformance).toEqual([{ offer: 'gift', presented: 1 }]);
  });
  it('after a merge and a split', async () => {
    const g = await offerGateway({ placements: HOME, offers });
    await see(g, ADA); await see(g, BEN);
    const [ta] = (await offersOf(g, ADA)) as [ShownOffer];
    const [tb] = (await offersOf(g, BEN)) as [ShownOffer];
    const ids = [await idOf(g, ADA), await idOf(g, BEN)];
    const m = await g.ask(MERGE, { ...AGENT, variables: { ids } });
    expect(m.errors).toEqual([]);
    const [tm] = (await offersOf(g, ADA)) as [ShownOffer];
    expect(await respond(g, ADA, { token: tb.token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await respond(g, BEN, { token: tb.token, response: 'PRESENTED' })).toBe('REPEATED');
    expect(await respond(g, BEN, { token: tm.token, response: 'CLICKED' })).toBe('COUNTED');
    const s = await g.ask('mutation ($id: ID!) { splitCustomer(input: { customerId: $id, identifiers: [{ type: "crmId", value: "2" }], reason: "x" }) { customer { id } splitOff { id } } }', { ...AGENT, variables: { id: ids[0] } });
    expect(s.errors).toEqual([]);
    console.log(JSON.stringify(ids), JSON.stringify(m.data), JSON.stringify(s.data));
    console.log('ben on his', await respond(g, BEN, { token: tb.token, response: 'CLICKED' }), await respond(g, BEN, { token: tb.token, response: 'PRESENTED' }));
    console.log('ben on adas', await respond(g, BEN, { token: ta.token, response: 'CLICKED' }));
    console.log('ada on hers', await respond(g, ADA, { token: ta.token, response: 'CLICKED' }), await respond(g, ADA, { token: tm.token, response: 'CLICKED' }));
    const j = '{ customer { id interactions(first: 50) { edges { node { id type offer } } } } }';
    for (const as of [ADA, BEN]) console.log(JSON.stringify((await g.ask(j, as)).data.customer.interactions.edges.map((e: any) => e.node.type + ' ' + e.node.offer)));
    console.log(JSON.stringify((await g.ask('{ offerPerformance { offer presented clicked } }', ADMIN)).data.offerPerformance));
    console.log('ids', await idOf(g, ADA), await idOf(g, BEN));
  });
  it('across the hour', async () => {
    let time = Date.parse('2026-01-26T14:59:50Z');
    const g = await offerGateway({ placements: HOME, offers: { once: { caps: [{ count: 1 }], priority: 9 }, welcome: WELCOME }, now: () => new Date(time) });
    const [a] = (await offersOf(g, ADA)) as [ShownOffer];
    time += 20_000;
    const [b] = (await offersOf(g, ADA)) as [ShownOffer];
    expect([a.name, b.name]).toEqual(['once', 'once']);
    expect(a.id).not.toBe(b.id);
    console.log('late', await respond(g, ADA, { token: a.token, response: 'PRESENTED' }));
    console.log('now offers', await namesOf(g, ADA));
    console.log('b', await respond(g, ADA, { token: b.token, response: 'PRESENTED' }));
    console.log(JSON.stringify((await g.ask('{ offerPerformance { offer presented clicked } }', ADMIN)).data.offerPerformance));
  });
  it('agent first, then the customer with another identifier, is one interaction', async () => {
    const g = await offerGateway({ placements: HOME, offers });
    const { cookie: c } = await g.ask('{ customer { id } }');
    const cookie = c as string;
    await see(g, { cookie });
    const [{ token }] = (await offersOf(g, { cookie })) as [ShownOffer];
    expect(await respond(g, { cookie }, { token, response: 'PRESENTED' })).toBe('COUNTED');
    const login = await g.ask('{ customer { id } }', { ...ADA, cookie });
    const fresh = login.cookie ?? cookie;
    expect(await respond(g, AGENT, { token, response: 'PRESENTED' })).toBe('REPEATED');
    expect(await respond(g, AGENT, { token, response: 'ACCEPTED' })).toBe('COUNTED');
    expect(await respond(g, { cookie: fresh }, { token, response: 'ACCEPTED' })).toBe('REPEATED');
    expect(await respond(g, { cookie: fresh }, { token, response: 'CLICKED' })).toBe('COUNTED');
    expect(await respond(g, ADA, { token, response: 'CLICKED' })).toBe('REPEATED');
    console.log('old cookie', await respond(g, { cookie }, { token, response: 'DECLINED' }));
    const j = '{ customer { id interactions(first: 50) { edges { node { id type offer } } } } }';
    expect((await g.ask(j, ADA)).data.customer.interactions.edges.map((e: any) => e.node.type).sort()).toEqual(['offer_accepted', 'offer_clicked', 'offer_presented', 'page_view']);
  });
});
