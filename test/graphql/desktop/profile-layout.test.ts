import { describe, expect, it } from 'vitest';
import type { Fact, ProfileLayout } from '../../../src/graphql/desktop/profile-layout.ts';
import { memorySource, type TestGatewayOptions, testGateway } from '../../support/gateway.ts';
import { signToken } from '../../support/tokens.ts';

/** What an agent's desktop gets to know of a schema. */
async function layoutOf(schema: string, options: TestGatewayOptions = {}) {
  const crm = memorySource({}, { fields: undefined });
  const made = await testGateway({ schema, dataSources: { crm: crm.adapter, ...options.dataSources }, ...options });
  const authorization = `Bearer ${await signToken({ role: 'AGENT', subject: 'tom' })}`;
  const answer = await made.gateway.app.inject({ url: '/agent/profile.json', headers: { authorization } });
  const layout = answer.json() as ProfileLayout;
  return { ...made, layout, fact: (path: string) => layout.facts.find((fact) => fact.path === path) as Fact };
}

const FROM = '@from(source: "crm")';
const paths = (all: readonly { readonly path: string }[]) => all.map(({ path }) => path);

describe('the single values of a customer', () => {
  it('have the names of their fields in words', async () => {
    const { layout } = await layoutOf(`type Customer {
      memberSince: Date ${FROM} email: String ${FROM} last_order_no: String ${FROM} crmID: ID ${FROM} vatNumber: String ${FROM}
      SMSConsent: Boolean ${FROM} address2: String ${FROM} homeAddress: Address ${FROM} URL: URL ${FROM}
    } type Address { postCode: String }`);
    expect(layout.facts.map(({ label }) => label)).toEqual([
      'Member since',
      'E-mail',
      'Last order no',
      'CRM ID',
      'Vat number',
      'SMS consent',
      'Address 2',
      'Home address post code',
      'URL',
    ]);
  });

  it('are of the kinds that their types are, and where a type is any text, that their names say', async () => {
    const { layout } = await layoutOf(`
      enum Tier { GOLD } scalar Special
      type Customer {
        id2: ID ${FROM} text: String ${FROM} count: Int ${FROM} score: Float ${FROM} big: BigInt ${FROM} ok: Boolean ${FROM} tier: Tier ${FROM}
        born: Date ${FROM} seen: DateTime ${FROM} mail: EmailAddress ${FROM} site: URL ${FROM} raw: JSON ${FROM} special: Special ${FROM}
        mobilePhone: String ${FROM} phoneType: String ${FROM} workEmail: String ${FROM} sku: String ${FROM} positive: PositiveInt ${FROM}
        tags: [String!] ${FROM}
      }`);
    expect(Object.fromEntries(layout.facts.map(({ path, kind, isList }) => [path, isList ? `list of ${kind}` : kind]))).toEqual({
      ...{ id2: 'code', text: 'text', count: 'number', score: 'number', big: 'number', ok: 'yes-no', tier: 'choice' },
      ...{ born: 'date', seen: 'time', mail: 'email', site: 'link', raw: 'json', special: 'text' },
      ...{ mobilePhone: 'phone', phoneType: 'text', workEmail: 'email', sku: 'code', positive: 'number', tags: 'list of text' },
    });
  });

  it('name the sources that may answer them, in their order; what stands in a record has those of the record', async () => {
    const others = { erp: memorySource({}).adapter, geo: memorySource({}, { key: undefined }).adapter };
    const { fact } = await layoutOf(
      `type Customer { country: String ${FROM} @from(source: "erp", path: "c") address: Address ${FROM} ours: String colour: String @from(source: "captured") }
       type Address { street: String spot: Spot @from(source: "geo", key: "code") code: String } type Spot { city: String }`,
      { dataSources: { crm: memorySource({}).adapter, ...others }, resolvers: { Customer: { ours: () => 'x' } } },
    );
    expect(fact('country').sources).toEqual(['crm', 'erp']);
    expect(fact('address.street').sources).toEqual(['crm']);
    expect(fact('address.spot.city').sources).toEqual(['geo']);
    expect(fact('ours').sources).toEqual([]);
    expect(fact('colour').sources).toEqual(['captured']);
  });

  it('need what their field needs, and what the object around them needs', async () => {
    const { fact } = await layoutOf(`type Customer {
      plain: String ${FROM} open: String ${FROM} @access(min: ANONYMOUS) secret: Secret ${FROM} @access(min: VERIFIED) weak: Secret ${FROM} @access(min: CLAIMED)
    } type Secret { any: String sure: String @access(min: VERIFIED) }`);
    expect(['plain', 'open', 'secret.any', 'weak.any', 'weak.sure'].map((path) => fact(path).min)).toEqual([
      'RECOGNIZED',
      'ANONYMOUS',
      'VERIFIED',
      'CLAIMED',
      'VERIFIED',
    ]);
  });

  it('are none that agents may not see, that clients should not use, or that need an argument', async () => {
    const { layout } = await layoutOf(`type Customer {
      shown: String ${FROM} mine: String ${FROM} @access(roles: [CUSTOMER]) admins: Inner ${FROM} @access(roles: [ADMIN])
      ours: String ${FROM} @access(roles: [AGENT, SERVICE]) old: String ${FROM} @deprecated(reason: "gone")
      inner: Inner ${FROM}
    } type Inner { mine: String @access(roles: [CUSTOMER]) ours: String }`);
    expect(paths(layout.facts)).toEqual(['shown', 'ours', 'inner.ours']);
    const { layout: withArguments } = await layoutOf('type Customer { a(b: Int!): Int c(b: Int): Int d(b: Int! = 1): Int }', {
      resolvers: { Customer: { a: () => 1, c: () => 1, d: () => 1 } },
    });
    expect(paths(withArguments.facts)).toEqual(['c', 'd']);
  });

  it('have the descriptions of the schema', async () => {
    const { fact } = await layoutOf(`type Customer { "How much." spent: Float ${FROM} none: Int ${FROM} }`);
    expect([fact('spent').description, fact('none').description]).toEqual(['How much.', null]);
  });

  it('end where types contain themselves, other customers among them, and a few objects deep', async () => {
    const { layout } = await layoutOf(
      `
      type Customer { name: String ${FROM} a: A ${FROM} friend: Customer }
      type A { value: Int b: B self: A } type B { value: Int c: C a: A } type C { value: Int d: D } type D { value: Int }`,
      {
        resolvers: { Customer: { friend: () => null } },
      },
    );
    expect(paths(layout.facts)).toEqual(['name', 'a.value', 'a.b.value', 'a.b.c.value']);
  });

  it('are read of an interface, and not of a union', async () => {
    const { layout } = await layoutOf(
      `interface Contact { value: String } type Mail implements Contact { value: String spam: Int } type Call implements Contact { value: String }
       union Thing = Mail | Call type Customer { contact: Contact ${FROM} thing: Thing ${FROM} }`,
      { resolvers: { Contact: { __resolveType: () => 'Mail' }, Thing: { __resolveType: () => 'Mail' } } },
    );
    expect(paths(layout.facts)).toEqual(['contact.value']);
  });
});

describe("the customer's name", () => {
  it('is the field `name`, or the configured one, or none', async () => {
    const named = async (schema: string, name?: string) =>
      (await layoutOf(schema, { config: { agentDesktop: name === undefined ? {} : { name } } })).layout.name;
    expect(await named(`type Customer { name: String ${FROM} }`)).toBe('name');
    expect(await named(`type Customer { person: Person ${FROM} } type Person { full: String }`, 'person.full')).toBe('person.full');
    expect(await named(`type Customer { other: String ${FROM} }`)).toBeNull();
  });

  it('stops the start where the configured field is none', async () => {
    const schema = `type Customer { other: String ${FROM} hidden: String ${FROM} @access(roles: [ADMIN]) }`;
    for (const name of ['nme', 'hidden', 'other.x'])
      await expect(layoutOf(schema, { config: { agentDesktop: { name } } })).rejects.toThrow(
        /agentDesktop\.name: expected a field of Customer with a single value that AGENT may see \(other\), received "/,
      );
  });

  it('comes first of what a found customer is shown with, and nothing of it needs a confirmation', async () => {
    const { layout } = await layoutOf(
      `type Customer { a: Int ${FROM} secret: Int ${FROM} @access(min: VERIFIED) b: Int ${FROM} name: String ${FROM} c: Int ${FROM} d: Int ${FROM} }`,
    );
    expect(layout.head).toEqual(['name', 'a', 'b', 'c']);
    for (const path of layout.head) expect(layout.documents.find.text).toMatch(new RegExp(`\\b${path}\\b`));
    expect(layout.documents.find.text).not.toContain('secret');
  });
});

describe('the lists of a customer', () => {
  const lists = { orders: memorySource({}, { many: true }).adapter, crm: memorySource({}).adapter };

  it('have the single values of an entry as columns, and the lists in an entry', async () => {
    const { layout } = await layoutOf(
      `type Customer {
        orders(first: Int = 20, after: String): OrderConnection @from(source: "orders")
        notes: [Note!] @from(source: "orders") @access(min: VERIFIED)
        address: Address ${FROM}
      }
      type Order { no: String! total: Float lines: [Line!] deep: [[Line!]] shop: Shop pages: LineConnection tags: [String!] }
      type Line { sku: String! parts: [Part!] } type Part { id: ID } type Shop { city: String } type Note { text: String }
      type Address { street: String former: [Former!] } type Former { street: String }`,
      { dataSources: lists },
    );
    const shown = layout.lists.map(({ path, isConnection, min, columns, inner }) => ({
      ...{ path, isConnection, min, columns: paths(columns), inner: inner.map((each) => [each.path, ...paths(each.columns)]) },
    }));
    expect(shown).toEqual([
      { path: 'orders', isConnection: true, min: 'RECOGNIZED', columns: ['no', 'total', 'shop.city', 'tags'], inner: [['lines', 'sku']] },
      { path: 'notes', isConnection: false, min: 'VERIFIED', columns: ['text'], inner: [] },
      { path: 'address.former', isConnection: false, min: 'RECOGNIZED', columns: ['street'], inner: [] },
    ]);
    expect(paths(layout.facts)).toEqual(['address.street']);
    expect(Object.keys(layout.documents.byList)).toEqual(['orders']);
  });

  it('are asked for in pages where they have both arguments, of whichever type', async () => {
    const { layout } = await layoutOf(
      `type Customer { a(first: Int!, after: ID): ItemConnection b: ItemConnection c(first: Int): ItemConnection d(first: Int, after: Int): ItemConnection e(last: Int!): ItemConnection }
       type Item { x: Int }`,
      { resolvers: { Customer: { a: () => null, b: () => null, c: () => null, d: () => null, e: () => null } } },
    );
    expect(paths(layout.lists)).toEqual(['a', 'b', 'c', 'd']);
    expect(Object.keys(layout.documents.byList)).toEqual(['a']);
    expect(layout.documents.byList.a?.text).toContain('($id: ID!, $first: Int!, $after: ID)');
    expect(layout.documents.profile.text).toMatch(/a\(first: 10\) {.*b {.*c\(first: 10\) {/s);
  });
});

describe('what the desktop gets to know of the configuration', () => {
  it('is what agents choose from, and what identifies customers', async () => {
    const { layout } = await layoutOf(`type Customer { name: String ${FROM} }`, {
      offers: {
        'open-ticket': {
          placements: ['agent'],
          content: { en: { title: 'A voucher' }, 'de-AT': { headline: 'Ein Gutschein' }, de: { text: 'x' } },
        },
      },
      config: {
        viewers: { agentsConfirm: true },
        touchpoints: { web: { channel: 'WEB' }, desk: { channel: 'CALL_CENTRE', viewers: ['AGENT'] } },
        placements: { agent: { viewers: ['AGENT'] } },
        agentDesktop: { methods: ['By heart'], outcomes: ['Done'], examples: ['Elif Birch'] },
      },
    });
    const { facts: _, lists: __, documents: ___, ...known } = layout;
    expect(known).toEqual({
      methods: ['By heart'],
      outcomes: ['Done'],
      examples: ['Elif Birch'],
      placement: 'agent',
      touchpoint: 'desk',
      agentsConfirm: true,
      identifiers: [
        { type: 'crmId', class: 'person' },
        { type: 'email', class: 'person', form: 'email' },
        { type: 'visitorId', class: 'cookie' },
      ],
      touchpoints: [
        { name: 'web', channel: 'WEB' },
        { name: 'desk', channel: 'CALL_CENTRE' },
      ],
      name: 'name',
      head: ['name'],
      offers: [{ name: 'open-ticket', titles: { en: 'A voucher' } }],
      keys: [{ source: 'crm', type: 'crmId' }],
    });
  });
});
