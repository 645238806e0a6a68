import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bearerClaim, cookie, handoff, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { CookieJar } from '../support/cookie-jar.ts';
import { IDENTIFIERS, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { STORE } from '../support/stores.ts';
import { SECRET } from '../support/tokens.ts';

const WHO = '{ customer { id assurance name email identifiers { type value } interactions(first: 50) { edges { node { type } } } } }';
const ID = '{ customer { id assurance } }';
const CAPTURE = `mutation ($i: [InteractionInput!]!) { captureInteractions(input: { interactions: $i }) { accepted duplicates rejected { code } } }`;
const RESET = 'mutation { resetVisitor { customer { id assurance } } }';
const JOURNEY = `query ($v: String!) { customerByIdentifier(identifier: { type: "crmId", value: $v }) {
  id identifiers { type value } interactions(first: 50) { edges { node { type } } } identityEvents(first: 50) { edges { node { rule explanation } } } } }`;
const ADA = { role: 'CUSTOMER', subject: '1' } as const;
const BEN = { role: 'CUSTOMER', subject: '2' } as const;
const UNLINK = `mutation ($v: String!) { unlinkIdentifier(input: { identifier: { type: "visitorId", value: $v } }) { customer { id } } }`;
const MINUTE = 60_000;
const HANDOFF = {
  identifiers: {
    ...IDENTIFIERS,
    crmId: { ...IDENTIFIERS.crmId, class: 'person' as const, capture: [bearerClaim('sub'), handoff('ct')] },
    visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor'), handoff('ct')] },
  },
  touchpoints: { web: { channel: 'WEB' as const }, app: { channel: 'WEB' as const } },
};
const CREATE_HANDOFF = 'mutation { createHandoff(input: { touchpoint: "app" }) { token } }';
const follow = (token: string) => ({ path: `/graphql?ct=${token}`, headers: { 'x-touchpoint': 'app' } });

/** Starts a gateway whose clock is the returned `clock`. */
async function start(options: TestGatewayOptions = {}) {
  const clock = { now: new Date('2026-03-01T12:00:00Z') };
  const server = await testGateway({ now: () => clock.now, ...options });
  const pass = (milliseconds: number) => {
    clock.now = new Date(clock.now.getTime() + milliseconds);
  };
  const record = (jar: CookieJar, type: string, request: Parameters<CookieJar['ask']>[1] & { occurredAt?: Date; id?: string } = {}) => {
    const { occurredAt, id, ...rest } = request;
    return jar.ask(CAPTURE, { variables: { i: [{ type, ...(id && { id }), ...(occurredAt && { occurredAt }) }] }, ...rest });
  };
  /** A customer, as an agent sees them. */
  const known = async (crmId: string) => {
    const { data } = await new CookieJar(server).ask(JOURNEY, { variables: { v: crmId }, role: 'AGENT', cookie: null });
    const customer = data.customerByIdentifier;
    const cookies = (customer?.identifiers ?? []).filter(({ type }: { type: string }) => type === 'visitorId');
    return {
      id: customer?.id as string,
      cookies: cookies.map(({ value }: { value: string }) => value) as string[],
      journey: typesOf(customer),
      rules: (customer?.identityEvents.edges ?? []).map(({ node }: { node: { rule: string } }) => node.rule) as string[],
      explanations: (customer?.identityEvents.edges ?? []).map(
        ({ node }: { node: { explanation: string } }) => node.explanation,
      ) as string[],
    };
  };
  return { ...server, clock, pass, record, known, jar: (cookie?: string) => new CookieJar(server, cookie) };
}

// biome-ignore lint/suspicious/noExplicitAny: an answer
const typesOf = (customer: any): string[] => customer?.interactions?.edges.map(({ node }: any) => node.type).sort() ?? [];
const visitorOf = (cookie: string | undefined) => cookie?.split('=')[1]?.split('.')[0];

/** A visitor whose browser has sent its cookie once. */
async function visitor({ jar }: Awaited<ReturnType<typeof start>>): Promise<CookieJar> {
  const browser = jar();
  await browser.ask(ID);
  await browser.ask(ID);
  return browser;
}

describe('a cookie that another person knows', () => {
  it.each([
    ['was planted and not used', false],
    ['is of a shared computer and was used', true],
  ])('reads nothing of the person who logs in when it %s, nor after the log-out', async (_, isUsed) => {
    const world = await start();
    const attacker = await visitor(world);
    if (isUsed) await world.record(attacker, 'of_the_attacker');
    const planted = attacker.cookie as string;
    const victim = world.jar(planted);
    await victim.ask(WHO, ADA);
    await world.record(victim, 'of_ada', ADA);

    const readNothing = async () => {
      const { data, set } = await world.jar(planted).ask(WHO);
      expect(data.customer).toMatchObject({ assurance: 'ANONYMOUS', name: null, email: null, identifiers: null, interactions: null });
      return { id: data.customer.id, set };
    };
    const { id, set } = await readNothing();
    expect(set).toEqual([]);
    expect(id).not.toBe((await world.known('1')).id);
    expect((await victim.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
    const before = victim.cookie as string;
    await victim.ask(RESET);
    await readNothing();
    expect((await world.jar(before).ask(WHO)).data.customer).toMatchObject({ assurance: 'ANONYMOUS', name: null });
    world.pass(10 * MINUTE);
    for (const cookie of [planted, before]) {
      expect((await world.jar(cookie).ask(WHO)).data.customer).toMatchObject({ assurance: 'ANONYMOUS', name: null });
    }
  });

  it('reads nothing of the next person on a shared computer, whose log-in moves nothing of the person before', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    await world.record(browser, 'of_ada', ADA);
    const adas = browser.cookie as string;
    await browser.ask(ID, BEN);
    await world.record(browser, 'of_ben', BEN);
    expect(await world.known('1')).toMatchObject({ journey: ['of_ada'], cookies: [] });
    expect(await world.known('2')).toMatchObject({ journey: ['of_ben'], cookies: [visitorOf(browser.cookie)] });
    expect((await world.jar(adas).ask(WHO)).data.customer).toMatchObject({ assurance: 'ANONYMOUS', identifiers: null });
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ben' });
  });

  it('recognises only the person whom the request that set it proved, whatever browsers do', async () => {
    const step = fc.record({
      browser: fc.nat(1),
      act: fc.constantFrom('visit', 'record', 'ada', 'ben', 'reset', 'lost ada', 'lost ben', 'unlink'),
      stale: fc.option(fc.nat(20), { nil: null, freq: 4 }),
      isBeside: fc.boolean(),
      seconds: fc.constantFrom(0, 1, 61),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const world = await start();
        const jars = [world.jar(), world.jar()];
        /** By cookie: the name of the person whom the request that set it proved. */
        const givenTo = new Map<string, string | null>();
        for (const { browser, act, stale, isBeside, seconds } of steps) {
          world.pass(seconds * 1_000);
          const jar = jars[browser] as CookieJar;
          const old = stale === null ? undefined : [...givenTo.keys()][stale];
          const person = act.endsWith('ada') ? ADA : act.endsWith('ben') ? BEN : undefined;
          // An old cookie, instead of the browser's own or before it.
          const cookie = isBeside && jar.cookie !== undefined ? `${old}; ${jar.cookie}` : old;
          const request = { ...person, ...(old && { cookie }), isLost: act.startsWith('lost') };
          if (act === 'unlink') {
            const variables = { v: visitorOf(old ?? jar.cookie) ?? 'none' };
            await world.jar().ask(UNLINK, { role: 'AGENT', variables });
            continue;
          }
          const { set } =
            act === 'reset'
              ? await jar.ask(RESET, request)
              : act === 'record'
                ? await world.record(jar, 'x', request)
                : await jar.ask(WHO, request);
          for (const cookie of set) {
            const name = person === ADA ? 'Ada' : person === BEN ? 'Ben' : null;
            if (!givenTo.has(cookie)) givenTo.set(cookie, name);
          }
          for (const [cookie, name] of givenTo) {
            const { customer } = (await world.jar(cookie).ask('{ customer { name } }', { isLost: true })).data;
            expect([null, name]).toContain(customer.name);
          }
        }
      }),
      { numRuns: 8 },
    );
  });
});

describe('a planted cookie', () => {
  const readsNothing = async (world: Awaited<ReturnType<typeof start>>, cookie: string) =>
    expect((await world.jar(cookie).ask(WHO)).data.customer).toMatchObject({ assurance: 'ANONYMOUS', name: null, identifiers: null });

  it('is replaced when a handoff proves the person by their visitor cookie alone', async () => {
    const world = await start({ config: HANDOFF });
    const ada = await visitor(world);
    await ada.ask(ID, ADA);
    const token = (await ada.ask(CREATE_HANDOFF)).data.createHandoff.token;
    const planted = (await visitor(world)).cookie as string;
    const browser = world.jar(planted);
    expect((await browser.ask(WHO, follow(token))).data.customer.name).toBe('Ada');
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
    await readsNothing(world, planted);
  });

  it('is replaced beside an install id that is a known person’s', async () => {
    const installId = { class: 'device' as const, capture: [header('x-install-id', { assurance: 'RECOGNIZED' })] };
    const world = await start({ config: { identifiers: { ...IDENTIFIERS, installId } } });
    const headers = { 'x-install-id': 'install-1' };
    await world.jar().ask(ID, { ...ADA, headers });
    const planted = (await visitor(world)).cookie as string;
    const browser = world.jar(planted);
    expect((await browser.ask(WHO, { headers })).data.customer.name).toBe('Ada');
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
    await readsNothing(world, planted);
  });

  it('is replaced beside another visitor cookie that is a known person’s', async () => {
    const deviceId = { class: 'cookie' as const, capture: [issuedCookie('device')] };
    const world = await start({ config: { identifiers: { ...IDENTIFIERS, deviceId } } });
    const named = (jar: CookieJar, name: string) => jar.cookie?.split('; ').find((cookie) => cookie.startsWith(`${name}=`)) as string;
    const [ada, attacker] = [await visitor(world), await visitor(world)];
    await ada.ask(ID, ADA);
    const planted = named(attacker, 'device');
    const browser = world.jar(named(ada, 'visitor'));
    browser.keep([planted]);
    const { data, set } = await browser.ask(WHO);
    expect([data.customer.name, set]).toEqual(['Ada', [named(browser, 'device')]]);
    expect((await browser.ask(WHO)).set).toEqual([]);
    await readsNothing(world, planted);
  });
});

describe('several cookies of one name', () => {
  it.each([0, MINUTE + 1])('count by the first that recognises a customer, %i ms after a log-in', async (milliseconds) => {
    const world = await start();
    const browser = await visitor(world);
    const old = browser.cookie as string;
    await browser.ask(ID, ADA);
    world.pass(milliseconds);
    // The old one has its own path, so no Set-Cookie of the gateway replaces it.
    const cookie = `${old}; ${browser.cookie}`;
    const first = await world.jar().ask(WHO, { cookie });
    expect([first.data.customer.name, first.data.customer.assurance, first.set]).toEqual(['Ada', 'RECOGNIZED', []]);
    await world.record(world.jar(), 'x', { cookie });
    expect((await world.known('1')).journey).toEqual(['x']);
  });

  it('count once, also on a request with a handoff', async () => {
    const world = await start({ config: HANDOFF });
    const browser = await visitor(world);
    const old = browser.cookie as string;
    await browser.ask(ID, ADA);
    const token = (await browser.ask(CREATE_HANDOFF)).data.createHandoff.token;
    const rows = async () => (await STORE.rows(world.directory, 'gateway', 'select changes from identity_event')).length;
    const before = await rows();
    const { data, set, codes } = await world.jar().ask(WHO, { ...follow(token), cookie: `${old}; ${browser.cookie}` });
    expect([data.customer.name, data.customer.identifiers.length, set]).toEqual(['Ada', 2, []]);
    expect(codes).toEqual(['INSUFFICIENT_ASSURANCE']);
    expect(await rows()).toBe(before);
  });

  it('that are all retired start one visitor, and none within a minute beside other proof', async () => {
    const world = await start();
    const [one, two] = [await visitor(world), await visitor(world)];
    const cookie = `${one.cookie}; ${two.cookie}`;
    for (const browser of [one, two]) await browser.ask(ID, ADA);
    expect((await world.jar().ask(WHO, { cookie, ...BEN })).set).toEqual([]);
    world.pass(MINUTE + 1);
    const jar = world.jar();
    const { data, set } = await jar.ask(WHO, { cookie });
    expect([data.customer.assurance, data.customer.name, set.length]).toEqual(['ANONYMOUS', null, 1]);
    expect((await jar.ask(WHO, { cookie: `${cookie}; ${jar.cookie}` })).data.customer.assurance).toBe('RECOGNIZED');
  });
});

describe('a rotation', () => {
  it('gives the anonymous history to the person, and is explained', async () => {
    const world = await start();
    const browser = await visitor(world);
    await world.record(browser, 'before_login');
    const shown = (await browser.ask(ID)).data.customer.id;
    await browser.ask(ID, ADA);
    const { journey, rules, explanations, cookies } = await world.known('1');
    expect(journey).toEqual(['before_login']);
    expect(rules).toContain('ROTATE');
    expect(explanations.join()).toContain('visitorId was replaced [bearerClaim:sub+issuedCookie:visitor]');
    expect(cookies).toEqual([visitorOf(browser.cookie)]);
    const { data } = await browser.ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id: shown } });
    expect(data.node.id).toBe((await world.known('1')).id);
  });

  it('sets the same successor on parallel requests, at two replicas as well', async () => {
    const world = await start();
    const replica = await testGateway({ directory: world.directory, now: () => world.clock.now });
    const browser = await visitor(world);
    const old = browser.cookie as string;
    const jars = Array.from({ length: 12 }, (_, n) => new CookieJar(n % 2 === 0 ? world : replica, old));
    const answers = await Promise.all(jars.map((jar, n) => (n % 3 === 0 ? world.record(jar, `t${n}`, ADA) : jar.ask(WHO, ADA))));
    expect(new Set(answers.flatMap(({ set }) => set)).size).toBe(1);
    for (const { set } of answers) expect(set).toHaveLength(1);
    const { rules, cookies, journey } = await world.known('1');
    expect(rules.filter((rule) => rule === 'ROTATE')).toHaveLength(1);
    expect(cookies).toEqual([visitorOf(jars[0]?.cookie)]);
    expect(journey).toEqual(['t0', 't3', 't6', 't9']);
  });

  it('happens once: a person who logs in again keeps the cookie', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const { cookie } = browser;
    for (const request of [ADA, {}, ADA]) expect((await browser.ask(ID, request)).set).toEqual([]);
    await world.record(browser, 'x', ADA);
    expect(browser.cookie).toBe(cookie);
  });

  it.each(['refuse', 'keep-first'] as const)('that the policy %s refuses is not tried again', async (conflict) => {
    const identifiers = { ...IDENTIFIERS, visitorId: { class: 'cookie' as const, limit: 1, capture: [issuedCookie('visitor')] } };
    const world = await start({ config: { identifiers, conflict } });
    const [first, second] = [await visitor(world), await visitor(world)];
    await world.record(second, 'second');
    for (const browser of [first, second]) await browser.ask(ID, ADA);
    const { cookie } = second;
    for (let n = 0; n < 3; n++) expect((await second.ask(WHO, ADA)).data.customer).toMatchObject({ name: 'Ada', assurance: 'VERIFIED' });
    expect(second.cookie).toBe(cookie);
    expect((await world.known('1')).cookies).toEqual([visitorOf(first.cookie)]);
  });

  it('happens again after the cookie was taken from its person, by an agent or for another customer', async () => {
    const world = await start();
    const give = `mutation ($v: String!) { identify(input: { identifiers: [{ type: "crmId", value: "2" }, { type: "visitorId", value: $v }] }) { outcome } }`;
    for (const [role, taken] of [
      ['AGENT', UNLINK],
      ['SERVICE', give],
    ] as const) {
      const browser = await visitor(world);
      await browser.ask(ID, ADA);
      const before = browser.cookie as string;
      world.pass(MINUTE);
      expect((await world.jar().ask(taken, { role, variables: { v: visitorOf(before) } })).codes).toEqual([]);
      world.pass(MINUTE);
      await browser.ask(ID, ADA);
      expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
      expect((await world.jar(before).ask(WHO)).data.customer).toMatchObject({ assurance: 'ANONYMOUS', name: null });
    }
  });

  it('never sets a retired cookie again, though the store forgot the cookie that it replaced', async () => {
    const world = await start();
    const browser = await visitor(world);
    const first = browser.cookie as string;
    await browser.ask(ID, ADA);
    const used = browser.cookie as string;
    await browser.ask(RESET);
    const login = async () => {
      world.pass(MINUTE);
      await browser.ask(ID);
      await browser.ask(ID, ADA);
      await browser.ask(RESET);
    };
    // The store keeps ten: first it forgets the cookie, then its successor, too.
    for (let n = 0; n < 8; n++) {
      await login();
      const again = world.jar(first);
      expect((await again.ask(WHO, ADA)).status).toBe(200);
      world.pass(MINUTE + 1);
      await again.ask(WHO, ADA);
      expect(again.cookie).not.toBe(used);
      expect((await world.jar(used).ask(WHO)).data.customer.name).toBeNull();
      expect((await world.jar(used).ask(WHO, BEN)).data.customer.name).toBe('Ben');
    }
  });

  it('between two persons on one browser keeps a bounded number of rows, and each sees only their own', async () => {
    const world = await start();
    const browser = await visitor(world);
    for (let n = 0; n < 26; n++) {
      const [person, name] = n % 2 === 0 ? ([ADA, 'Ada'] as const) : ([BEN, 'Ben'] as const);
      world.pass(n % 3 === 0 ? MINUTE + 1 : 1_000);
      await world.record(browser, name, person);
      const { customer } = (await browser.ask(WHO)).data;
      expect([customer.name, [...new Set(typesOf(customer))]]).toEqual([name, [name]]);
    }
    const [ada, ben] = [await world.known('1'), await world.known('2')];
    expect([ada.cookies, ben.cookies]).toEqual([[], [visitorOf(browser.cookie)]]);
    expect(await STORE.rows(world.directory, 'gateway', 'select count(*) as count from retired_cookie')).toEqual([{ count: 20 }]);
  });

  it('survives a restart with another secret', async () => {
    const world = await start();
    const browser = await visitor(world);
    const old = browser.cookie as string;
    await browser.ask(ID, ADA);
    await world.gateway.close();
    const variables = { GATEWAY_SECRET: `a-newer-secret-0123456789,${SECRET}` };
    const later = await start({ directory: world.directory, variables, now: () => world.clock.now });
    const { set } = await later.jar(old).ask(ID, ADA);
    expect(set.map(visitorOf)).toEqual([visitorOf(browser.cookie)]);
    for (const cookie of [set[0], browser.cookie]) expect((await later.jar(cookie).ask(WHO)).data.customer.name).toBe('Ada');
    expect((await later.jar(set[0]).ask(ID, BEN)).set).toHaveLength(1);
  });

  it('leaves each device of a person its own cookie', async () => {
    const world = await start();
    const [phone, laptop] = [await visitor(world), await visitor(world)];
    for (const browser of [phone, laptop]) await browser.ask(ID, ADA);
    expect((await world.known('1')).cookies.sort()).toEqual([phone, laptop].map(({ cookie }) => visitorOf(cookie)).sort());
    await phone.ask(RESET);
    expect((await phone.ask(WHO)).data.customer.name).toBeNull();
    expect((await laptop.ask(WHO)).data.customer).toMatchObject({ name: 'Ada', assurance: 'RECOGNIZED' });
  });

  it('accepts proof by a rule with raised assurance, and no claim', async () => {
    const identifiers = {
      ...IDENTIFIERS,
      email: { class: 'person' as const, normalize: 'email' as const, capture: [urlParameter('email')] },
    };
    const world = await start({ config: { identifiers } });
    const browser = await visitor(world);
    expect((await browser.ask(ID, { path: '/graphql?email=ada@example.com' })).set).toEqual([]);
    expect((await browser.ask(ID, { path: '/graphql?cid=1' })).set).toHaveLength(1);
    expect((await browser.ask(WHO)).data.customer.name).toBe('Ada');
  });

  it('never happens on the request of an agent, unless their own rules prove a person', async () => {
    const identifiers = {
      crmId: {
        class: 'person' as const,
        unique: true,
        capture: [bearerClaim('sub'), header('x-caller', { from: 'AGENT', assurance: 'RECOGNIZED' })],
      },
      visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor', { from: ['CUSTOMER', 'AGENT'] })] },
    };
    const plain = await start();
    const browser = await visitor(plain);
    await plain.record(browser, 'x');
    const { cookie } = browser;
    for (const role of ['AGENT', 'SERVICE', 'ADMIN'] as const) {
      expect((await browser.ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id } }', { role })).set).toEqual([]);
    }
    expect((await browser.ask(ID)).data.customer.assurance).toBe('RECOGNIZED');
    expect(browser.cookie).toBe(cookie);

    const own = await start({ config: { identifiers } });
    const agents = await visitor(own);
    expect((await agents.ask(ID, { role: 'AGENT' })).set).toEqual([]);
    expect((await agents.ask(ID, { role: 'AGENT', headers: { 'x-caller': '1' } })).set).toHaveLength(1);
  });
});

describe('a retired cookie', () => {
  it('is anonymous and sets no cookie for a minute, in which interactions stored with it are still its owner’s', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const old = browser.cookie as string;
    await browser.ask(ID, BEN);
    world.pass(MINUTE);
    const late = world.jar(old);
    const [first, second] = [await late.ask(ID), await late.ask(ID)];
    expect(first.data.customer).toEqual(second.data.customer);
    expect(first.data.customer.assurance).toBe('ANONYMOUS');
    expect((await late.beacon([{ type: 'under_way' }])).data).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    const attributes =
      'mutation { identify(input: { identifiers: [], attributes: { favouriteStore: "Leeds" } }) { outcome customer { assurance } } }';
    expect((await late.ask(attributes)).data.identify.outcome).not.toBe('REJECTED');
    expect(late.cookie).toBe(old);
    expect((await world.known('1')).journey).toEqual(['under_way']);
    expect((await world.known('2')).journey).toEqual([]);

    world.pass(1);
    expect((await late.beacon([{ type: 'too_late' }])).set).toHaveLength(1);
    expect(late.cookie).not.toBe(old);
    expect((await late.ask(WHO)).data.customer).toMatchObject({
      assurance: 'RECOGNIZED',
      interactions: { edges: [{ node: { type: 'too_late' } }] },
    });
    expect((await world.known('1')).journey).toEqual(['under_way']);
  });

  it('is offered its successor beside the same proof, at any time', async () => {
    const world = await start();
    const browser = await visitor(world);
    const old = browser.cookie as string;
    await browser.ask(ID, ADA);
    for (const milliseconds of [0, MINUTE + 1, 30 * 24 * 60 * MINUTE]) {
      world.pass(milliseconds);
      const { set, data } = await world.jar(old).ask(WHO, ADA);
      expect([set, data.customer.name]).toEqual([[browser.cookie], 'Ada']);
    }
    // Also over several rotations.
    const adas = browser.cookie as string;
    await browser.ask(ID, BEN);
    expect((await world.jar(adas).ask(ID, BEN)).set).toEqual([browser.cookie]);
  });

  it('beside the proof of another person gives that person no cookie of its owner', async () => {
    const world = await start();
    const browser = await visitor(world);
    const old = browser.cookie as string;
    await browser.ask(ID, ADA);
    const bens = world.jar(old);
    expect(await bens.ask(WHO, BEN)).toMatchObject({ set: [], data: { customer: { name: 'Ben' } } });
    await world.record(bens, 'of_ben', BEN);
    expect([(await world.known('1')).journey, (await world.known('2')).journey]).toEqual([[], ['of_ben']]);
    world.pass(MINUTE + 1);
    expect((await bens.ask(WHO, BEN)).set).toHaveLength(1);
    await bens.ask(WHO, BEN);
    expect((await bens.ask(WHO)).data.customer.name).toBe('Ben');
    expect((await browser.ask(WHO)).data.customer.name).toBe('Ada');
  });

  it('is not moved by a conflict, and not linked by a service', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const value = visitorOf(browser.cookie) as string;
    await browser.ask(RESET);
    const link = `mutation ($v: String!) { identify(input: { identifiers: [{ type: "crmId", value: "2" }, { type: "visitorId", value: $v }] }) {
      outcome rejected { type reason } customer { identifiers { type } } } }`;
    const { data } = await world.jar().ask(link, { role: 'SERVICE', variables: { v: value } });
    expect(data.identify.rejected).toEqual([{ type: 'visitorId', reason: 'CONFLICTING_IDENTIFIERS' }]);
    expect(data.identify.customer.identifiers).toEqual([{ type: 'crmId' }]);
    const nightly = `mutation ($v: String!) { captureInteractions(input: { interactions: [{ type: "nightly", identifiers: [{ type: "visitorId", value: $v }] }] }) { accepted } }`;
    world.pass(60 * MINUTE);
    await world.jar().ask(nightly, { role: 'SERVICE', variables: { v: value } });
    expect((await world.known('1')).journey).toEqual(['nightly']);
  });
});

describe('a log-out', () => {
  it('gives a cookie without owner; requests that are under way still count for the customer who left', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const adas = browser.cookie as string;
    const { data, set } = await browser.ask(RESET);
    expect([data.resetVisitor.customer.assurance, set]).toEqual(['ANONYMOUS', [browser.cookie]]);
    // Another tab sends a beacon, and a query with the earlier token.
    await browser.beacon([{ type: 'under_way' }], { cookie: adas });
    expect((await browser.ask(WHO, { cookie: adas, ...ADA })).set).toEqual([]);
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: null });
    expect(await world.known('1')).toMatchObject({ journey: ['under_way'], cookies: [] });
  });

  it('of a visitor who is not stored retires the cookie, too, so that no late log-in replaces the new one', async () => {
    const world = await start();
    const browser = await visitor(world);
    const old = browser.cookie as string;
    await browser.ask(RESET);
    const fresh = browser.cookie;
    expect((await browser.ask(ID, { cookie: old, ...ADA })).set).toEqual([]);
    expect(browser.cookie).toBe(fresh);
    expect((await browser.ask(WHO)).data.customer.name).toBeNull();
  });

  it('retires the cookie that an earlier field of the same operation set', async () => {
    const world = await start();
    const browser = await visitor(world);
    const both =
      'mutation { captureInteractions(input: { interactions: [{ type: "bye" }] }) { accepted } resetVisitor { customer { id } } }';
    const { set } = await browser.ask(both, ADA);
    expect(set).toHaveLength(2);
    expect(browser.cookie).toBe(set[1]);
    for (const cookie of set) expect((await world.jar(cookie).ask(WHO)).data.customer.name).toBeNull();
    expect((await world.known('1')).cookies).toEqual([]);
  });

  it.each(['web', 'ios'])('counts for the later fields of the same operation, at %s', async (touchpoint) => {
    const touchpoints = { web: { channel: 'WEB' as const }, ios: { channel: 'MOBILE' as const } };
    const world = await start({ config: { touchpoints } });
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const both =
      'mutation { resetVisitor { customer { id } } captureInteractions(input: { interactions: [{ type: "after" }] }) { customer { id name } } }';
    const { data } = await browser.ask(both, { headers: { 'x-touchpoint': touchpoint } });
    expect(data.captureInteractions.customer).toEqual({ id: data.resetVisitor.customer.id, name: null });
    expect((await world.known('1')).journey).toEqual([]);
  });
});

describe('what happened before a rotation', () => {
  it('belongs to the former owner of the cookie, also when it is sent later with the successor', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const during = world.clock.now;
    world.pass(MINUTE);
    await browser.ask(RESET);
    world.pass(MINUTE);
    await browser.ask(ID);
    await browser.ask(ID, BEN);
    world.pass(10 * MINUTE);
    // Ada's interaction, sent without a token, because hers has expired.
    await browser.beacon([
      { type: 'of_ada', id: 'r1', occurredAt: during.toISOString() },
      { type: 'of_ben', id: 'r2' },
    ]);
    expect([(await world.known('1')).journey, (await world.known('2')).journey]).toEqual([['of_ada'], ['of_ben']]);
    expect((await browser.beacon([{ type: 'of_ada', id: 'r1', occurredAt: during.toISOString() }])).data.duplicates).toBe(1);
  });

  it('is a repetition when it was stored under the cookie that was replaced', async () => {
    const world = await start();
    const browser = await visitor(world);
    const record = { type: 'view', id: 'r1', occurredAt: world.clock.now.toISOString() };
    await browser.beacon([record]);
    world.pass(1_000);
    await browser.ask(ID, ADA);
    expect((await browser.beacon([record])).data).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    await browser.ask(RESET);
    await browser.ask(ID, BEN);
    for (const request of [{}, BEN]) expect((await browser.beacon([record], request)).data).toMatchObject({ accepted: 0, duplicates: 1 });
    expect([(await world.known('1')).journey, (await world.known('2')).journey]).toEqual([['view'], []]);
  });

  it('of an erased customer is refused, and nothing of their cookie is left', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const adas = visitorOf(browser.cookie) as string;
    const occurredAt = world.clock.now.toISOString();
    world.pass(MINUTE);
    await browser.ask(RESET);
    await browser.ask(ID, BEN);
    const { id } = await world.known('1');
    world.pass(MINUTE);
    const erase = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }';
    expect((await world.jar().ask(erase, { role: 'SERVICE', variables: { id } })).data.eraseCustomer.complete).toBe(true);
    expect((await browser.beacon([{ type: 'of_ada', occurredAt }])).data.rejected).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await world.known('2')).journey).toEqual([]);
    expect(JSON.stringify(await STORE.rows(world.directory, 'gateway', 'select * from retired_cookie'))).not.toContain(adas);
  });
});

describe('a split', () => {
  it('gives the anonymous visit to the successor of its cookie', async () => {
    const world = await start();
    await world.record(world.jar(), 'elsewhere', ADA);
    const browser = await visitor(world);
    await world.record(browser, 'anonymous');
    const { id } = (await browser.ask(ID)).data.customer;
    world.pass(MINUTE);
    await browser.ask(ID, ADA);
    world.pass(MINUTE);
    await world.record(browser, 'logged_in', ADA);
    const split = `mutation ($v: String!) { splitCustomer(input: { identifiers: [{ type: "visitorId", value: $v }] }) { splitOff { id interactions(first: 9) { edges { node { type } } } } } }`;
    const { data } = await world.jar().ask(split, { role: 'AGENT', variables: { v: visitorOf(browser.cookie) } });
    expect(data.splitCustomer.splitOff.id).toBe(id);
    expect(typesOf(data.splitCustomer.splitOff)).toEqual(['anonymous']);
  });
});

describe('a client without a cookie jar', () => {
  it('leaves no trail of visitors, and evicts no real cookie', async () => {
    const world = await start();
    const browser = await visitor(world);
    await browser.ask(ID, ADA);
    const app = world.jar();
    for (let n = 0; n < 60; n++) {
      await world.record(app, 'call', { ...ADA, cookie: null });
      await app.ask(WHO, { ...ADA, cookie: null });
    }
    expect((await world.known('1')).cookies).toEqual([visitorOf(browser.cookie)]);
  });

  it('stores interactions for the visitor who is started when nothing is proven', async () => {
    const world = await start();
    const browser = world.jar();
    await world.record(browser, 'first');
    expect(typesOf((await browser.ask(WHO)).data.customer)).toEqual(['first']);
  });
});

describe('a page that is rendered on a server', () => {
  /** Sends the browser's cookie and token, as the server would. */
  const render = (browser: CookieJar, passesCookiesOn: boolean) => browser.ask(WHO, { ...ADA, isLost: !passesCookiesOn });

  it('that passes Set-Cookie on is like the browser', async () => {
    const world = await start();
    const browser = await visitor(world);
    await render(browser, true);
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
  });

  it("that drops Set-Cookie does no harm: the browser's own requests with the token get the successor", async () => {
    const world = await start();
    const browser = await visitor(world);
    await world.record(browser, 'before');
    for (let n = 0; n < 3; n++) await render(browser, false);
    await browser.beacon([{ type: 'meanwhile' }]);
    const { set } = await browser.ask(WHO, ADA);
    expect(set).toHaveLength(1);
    expect(await world.known('1')).toMatchObject({ journey: ['before', 'meanwhile'], cookies: [visitorOf(browser.cookie)] });
  });
});

describe('a handoff', () => {
  const config = HANDOFF;
  it('of a known person gives the browser that follows a successor', async () => {
    const world = await start({ config });
    const token = (await world.jar().ask(CREATE_HANDOFF, ADA)).data.createHandoff.token;
    const attacker = await visitor(world);
    const browser = world.jar(attacker.cookie);
    expect((await browser.ask(WHO, follow(token))).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
    expect((await attacker.ask(WHO)).data.customer).toMatchObject({ assurance: 'ANONYMOUS', name: null });
  });

  it('gives a browser without a cookie one of the person at once, because the handoff is used up', async () => {
    const world = await start({ config });
    const token = (await world.jar().ask(CREATE_HANDOFF, ADA)).data.createHandoff.token;
    const browser = world.jar();
    await world.record(browser, 'arrived', follow(token));
    expect((await browser.ask(WHO)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
  });
});

describe('in production', () => {
  const variables = { NODE_ENV: 'production' };
  const identifiers = {
    ...IDENTIFIERS,
    crmId: { class: 'person' as const, unique: true, capture: [urlParameter('cid', { assurance: 'RECOGNIZED' as const })] },
  };
  const far = { headers: { host: 'profile.example' } };

  it('the cookie has the prefix __Host-, and none on localhost or for a domain', async () => {
    const world = await start({ variables, config: { identifiers } });
    const setCookie = async (host: string, server = world) =>
      String(
        (await server.gateway.app.inject({ method: 'POST', url: '/graphql', headers: { host }, payload: { query: ID } })).headers[
          'set-cookie'
        ],
      );
    expect(await setCookie('profile.example')).toMatch(/^__Host-visitor=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(await setCookie('localhost:4000')).toMatch(/^visitor=/);
    const shared = {
      ...identifiers,
      visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor', { domain: 'shop.example' })] },
    };
    const other = await start({ variables, config: { identifiers: shared } });
    expect(await setCookie('profile.shop.example', other)).toMatch(
      /^visitor=[^;]+; Max-Age=\d+; Domain=shop.example; Path=\/; HttpOnly; Secure/,
    );
  });

  it('a cookie without the prefix is replaced by one with it for the same customer, and alone it only writes', async () => {
    const development = await start({ config: { identifiers } });
    const browser = await visitor(development);
    await development.record(browser, 'before');
    const { id } = (await browser.ask(ID)).data.customer;
    const plain = browser.cookie as string;
    await development.gateway.close();

    const world = await start({ variables, config: { identifiers }, directory: development.directory });
    const first = await world.jar(plain).ask(WHO, far);
    expect(first.data.customer).toMatchObject({ assurance: 'ANONYMOUS', interactions: null });
    expect(first.data.customer.id).not.toBe(id);
    expect(first.set).toEqual([expect.stringMatching(/^__Host-visitor=/)]);
    expect((await world.jar(plain).beacon([{ type: 'under_way' }], far)).set).toEqual(first.set);
    const upgraded = world.jar(first.set[0]);
    upgraded.keep([plain]);
    const { data, set } = await upgraded.ask(WHO, far);
    expect(data.customer).toMatchObject({ id, assurance: 'RECOGNIZED' });
    expect([typesOf(data.customer), set]).toEqual([['before', 'under_way'], []]);
    world.pass(MINUTE + 1);
    expect((await world.jar(plain).ask(ID, far)).set).not.toEqual(first.set);
  });

  it('a cookie without the prefix, beside proof of a person, gets one with it that is theirs', async () => {
    const development = await start({ config: { identifiers } });
    const browser = await visitor(development);
    const plain = browser.cookie as string;
    await development.gateway.close();
    const world = await start({ variables, config: { identifiers }, directory: development.directory });
    const victim = world.jar(plain);
    const { data } = await victim.ask(WHO, { ...far, path: '/graphql?cid=1' });
    expect(data.customer.name).toBe('Ada');
    expect((await victim.ask(WHO, far)).data.customer).toMatchObject({ name: 'Ada', assurance: 'RECOGNIZED' });
    expect((await world.jar(plain).ask(WHO, far)).data.customer.name).toBeNull();
  });

  it('a log-in right after that gets the person’s cookie, too, and the renamed cookie recognises nobody', async () => {
    const development = await start({ config: { identifiers } });
    const plain = (await visitor(development)).cookie as string;
    await development.gateway.close();
    const world = await start({ variables, config: { identifiers }, directory: development.directory });
    const renamed = (await world.jar(plain).ask(ID, far)).set[0];
    const browser = world.jar(plain);
    await browser.ask(ID, { ...far, path: '/graphql?cid=1' });
    expect((await browser.ask(WHO, far)).data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada' });
    for (const cookie of [plain, renamed]) expect((await world.jar(cookie).ask(WHO, far)).data.customer.name).toBeNull();
  });

  it('the value of a cookie counts for nothing under the other name', async () => {
    const world = await start({ variables, config: { identifiers } });
    const browser = world.jar();
    await browser.ask(ID, far);
    const { cookie } = browser;
    await browser.ask(ID, far);
    const moved = world.jar((cookie as string).replace('__Host-', ''));
    expect((await moved.ask(ID, far)).data.customer.assurance).toBe('ANONYMOUS');
    expect((await moved.ask(ID, far)).data.customer.id).not.toBe((await browser.ask(ID, far)).data.customer.id);
  });
});

it.each([issuedCookie('my visitor'), cookie('a;b'), header('x customer')])(
  'refuses a name that no cookie or header can have: $name',
  async (rule) => {
    const identifiers = { visitorId: { class: 'cookie' as const, capture: [rule] } };
    await expect(testGateway({ config: { identifiers } })).rejects.toThrow(/name: expected a name of letters, digits/);
  },
);

it('says which domain a cookie can be for', async () => {
  const identifiers = { visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor', { domain: '.shop.example; Secure' })] } };
  await expect(testGateway({ config: { identifiers } })).rejects.toThrow(/without a dot before it/);
});
