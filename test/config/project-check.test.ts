import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/config/load-project.ts';
import { ProjectError } from '../../src/index.ts';
import { compileProject } from '../../src/wiring/compile-project.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const CONFIG = `import { defineGateway, urlParameter } from 'customer-profile-gateway';
export default defineGateway({ identifiers: { crmId: { class: 'person', unique: true, capture: [urlParameter('cid')] } } });`;
const CRM = `import { defineAdapter } from 'customer-profile-gateway';
export default defineAdapter({ key: 'crmId', fields: ['name', 'country', 'contact'], load: async (keys) => keys.map(() => null) });`;
const SCHEMA = 'type Customer { name: String @from(source: "crm") }';

const LISTED = `${SCHEMA} type T { all(top: Int): [Int]`;

/** What is wrong with a project of these files, as the start would print it. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'datasources'));
  for (const [name, text] of Object.entries({
    'gateway.config.ts': CONFIG,
    'datasources/crm.ts': CRM,
    'schema.graphql': SCHEMA,
    ...files,
  })) {
    writeFileSync(join(directory, name), text);
  }
  try {
    await compileProject(await loadProject(join(directory, 'gateway.config.ts')));
    return [];
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    return error.problems.map(({ where, message }) => `${where.replace(/^.*\/(?=gateway\.config|schema\.graphql|crm)/, '')}: ${message}`);
  }
}
const schemaProblems = (schema: string) => problemsOf({ 'schema.graphql': schema });

describe('a project', () => {
  it('without a mistake has no problem', async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  it('with ten mistakes in the schema gets ten messages, each with its position', async () => {
    const problems = await schemaProblems(`type Customer {
  name: String! @from(source: "crm")
  age: Int @from(source: "crm", path: "age")
  city: String @from(source: "crn")
  email: String @from(source: "crm", path: "contact..email")
  orders: [Order!] @from(source: "crm")
  shoe: String @from(source: "crm", path: "name", key: "shoeSize")
  origin: String
  sources: String @from(source: "crm", path: "name")
}
type Order @from(source: "crm") {
  id: Ident!
}
`);
    expect(problems.toSorted()).toEqual(
      [
        'schema.graphql:2:3: Customer.name: expected the nullable type String, because a back end can be down; received String!',
        'schema.graphql:3:12: Customer.age: expected a path into a record of crm, which has name, country, contact; received "age"',
        'schema.graphql:4:16: Customer.city: expected one of the data sources crm, captured; received source: "crn"',
        'schema.graphql:5:17: Customer.email: expected a path of names with dots between, such as "contact.email"; received "contact..email"',
        'schema.graphql:6:20: Customer.orders: expected a path to a list, or a source with many: true, for the type [Order!]; crm answers one record',
        'schema.graphql:7:16: Customer.shoe: expected key to be an identifier type of the configuration (crmId); received "shoeSize"',
        "schema.graphql:8:3: Customer.origin: expected @from(source: …), @computed(of: …) or a resolver, because nothing else says where a customer's field comes from",
        "schema.graphql:9:3: Customer.sources: expected another name, this field is the gateway's own",
        'schema.graphql:11:12: Directive "@from" may not be used on OBJECT.',
        'schema.graphql:12:7: Unknown type "Ident". Did you mean "Int" or "ID"?',
      ].toSorted(),
    );
  });

  it('with mistakes in configuration, data source and schema hears of all at once', async () => {
    const problems = await problemsOf({
      'gateway.config.ts': `export default { identifiers: { crmId: { class: 'human', unique: 'yes', colour: 'red' } }, touchpoints: { web: { channel: 'TV' } }, store: 'mongodb://x', colour: 'red' };`,
      'datasources/crm.ts': `import { httpAdapter } from 'customer-profile-gateway';
export default httpAdapter({ baseUrl: undefined, policy: { timeout: '5 parsecs' } });`,
      'schema.graphql': 'type Customer { name: String @from(source: "crm") city: String @from(source: "cities") }',
    });
    expect(problems).toHaveLength(8);
    expect(problems.join('\n')).toContain('gateway.config.ts:1:42: identifiers.crmId.class: expected one of');
    expect(problems.join('\n')).toContain('gateway.config.ts:1:58: identifiers.crmId.unique: expected boolean, received "yes"');
    expect(problems.join('\n')).toContain('gateway.config.ts:1:73: identifiers.crmId.colour: expected no such option');
    expect(problems.join('\n')).toContain('gateway.config.ts:1:114: touchpoints.web.channel: expected one of');
    expect(problems.join('\n')).toContain("gateway.config.ts:1:133: store: expected 'sqlite:PATH'");
    expect(problems.join('\n')).toContain('gateway.config.ts:1:155: colour: expected no such option');
    expect(problems.join('\n')).toMatch(/crm\.ts:2:16: httpAdapter: 2 option\(s\) are wrong/);
    expect(problems.join('\n')).toMatch(/policy\.timeout: expected a duration such as '500ms'.*5 parsecs/);
    expect(problems.join('\n')).toContain('Customer.city: expected one of the data sources captured; received source: "cities"');
  });

  it('with mistakes in touchpoints and interactions gets a message for each, with its position', async () => {
    const problems = await problemsOf({
      'gateway.config.ts': `import { issuedCookie, urlParameter } from 'customer-profile-gateway';
export default {
  identifiers: { crmId: { class: 'person' } },
  touchpoints: {
    web: { channel: 'WEB', capture: { shoeSize: [urlParameter('s')], crmId: [issuedCookie('c')] }, origins: ['https://shop.example/path'] },
    app: { channel: 'WEB', viewers: ['BOSS'] },
  },
  interactions: { purchase: 'cheap', view: { properties: {} } },
  pixel: { plaintext: true },
};`,
      'datasources/computed.ts': CRM,
    });
    const all = problems.join('\n');
    expect(all).toContain('touchpoints.web.origins.0: expected an origin such as https://shop.example, without a path');
    expect(all).toContain('touchpoints.app.viewers.0: expected one of');
    expect(all).toContain('interactions.purchase: expected a schema of its properties such as z.object({ … })');
    expect(all).toContain('interactions.view.properties: expected a schema such as z.object({ … })');
    expect(all).toContain('pixel.plaintext: expected no such option');
    expect(all).toContain('data source computed: expected another file name: a built-in source has this one');
    const rules = await problemsOf({
      'gateway.config.ts': `import { issuedCookie, urlParameter } from 'customer-profile-gateway';
export default {
  identifiers: { crmId: { class: 'person' } },
  touchpoints: { web: { channel: 'WEB', capture: { shoeSize: [urlParameter('s')], crmId: [issuedCookie('c')] } } },
};`,
    });
    expect(rules).toEqual([
      'gateway.config.ts:4:52: touchpoints.web.capture.shoeSize: expected an identifier type (crmId), received "shoeSize"',
      "gateway.config.ts:4:91: touchpoints.web.capture.crmId.0: expected an identifier of class 'cookie' or 'device': a random visitor id names no human; received class 'person'",
    ]);
  });

  it.each([
    ['no type Customer', 'type Order { id: ID }', 'expected a definition "type Customer'],
    ['a broken file', 'type Customer {', 'schema.graphql:1:16: Syntax Error'],
    ["the gateway's own types", `${SCHEMA} type Session { x: Int }`, 'expected a name that the gateway has not taken, received Session'],
    [
      'a guarded non-null field',
      `${SCHEMA} type T { a: Int! @access(min: VERIFIED) }`,
      'T.a: expected the nullable type Int, because a viewer can lack the right',
    ],
    [
      'an unknown assurance',
      'type Customer { name: String @from(source: "crm") @access(min: SURE) }',
      'Customer.name: expected min to be one of ANONYMOUS, CLAIMED, RECOGNIZED, VERIFIED; received SURE',
    ],
    [
      'an unknown role',
      'type Customer { name: String @from(source: "crm") @access(roles: [BOSS]) }',
      'expected roles out of CUSTOMER, AGENT, SERVICE, ADMIN; received BOSS',
    ],
    [
      'a weight that is no integer',
      'type Customer { name: String @from(source: "crm") @cost(weight: "-1.5") }',
      'schema.graphql:1:65: Customer.name: expected weight to be an integer from 0 to 1000000, received "-1.5"',
    ],
    [
      'an assumed size of nothing',
      `${LISTED} @listSize(assumed: 0) }`,
      'T.all: expected assumed to be an integer from 1 to 1000000, received 0',
    ],
    [
      'two assumed sizes',
      `${LISTED} @listSize(assumed: 1, assumedSize: 2) }`,
      'T.all: expected either assumed or assumedSize, which mean the same; received both',
    ],
    [
      'a size on a single value',
      `${SCHEMA} type T { one: Int @listSize(assumed: 5) }`,
      'T.one: expected @listSize on a list, on a connection, or with sizedFields; received it on Int',
    ],
    [
      'an argument that is none',
      `${LISTED} @listSize(slicingArguments: ["limit"]) }`,
      'T.all: expected slicingArguments to name an argument of the field (top), received "limit"',
    ],
    [
      'a sized field that is no list',
      `${SCHEMA} type T { page: P @listSize(sizedFields: ["total"]) } type P { total: Int items: [Int] }`,
      'T.page: expected sizedFields to name a list of P (items), received "total"',
    ],
    [
      'a cost on the field of an interface',
      `${SCHEMA} interface I { a: Int @cost(weight: "2") }`,
      'I.a: expected @cost on fields of object types, received one on an interface',
    ],
    [
      'no role at all',
      'type Customer { name: String @from(source: "crm") @access(roles: []) }',
      'expected at least one role, received none',
    ],
    [
      'a trait without a function',
      'type Customer { n: Int @computed(of: "purchase") }',
      'Customer.n: expected exactly one of count, sum, last, first, uniques; received none',
    ],
    [
      'a trait with two functions',
      'type Customer { n: Float @computed(of: "purchase", count: true, sum: "total") }',
      'Customer.n: expected exactly one of count, sum, last, first, uniques; received count, sum',
    ],
    [
      'a trait of a type that holds no number',
      'type Customer { n: String @computed(of: "purchase", count: true) }',
      'Customer.n: expected the type Int or Float for count; received String',
    ],
    [
      'a trait with a broken window',
      'type Customer { n: Int @computed(of: "purchase", count: true, window: "a month") }',
      'Customer.n: expected window to be a duration such as "30d"; received "a month"',
    ],
    [
      'a trait with a broken path',
      'type Customer { n: Float @computed(of: "purchase", sum: "a..b") }',
      'Customer.n: expected sum to be a path into the interaction\'s properties, such as "total"; received "a..b"',
    ],
    [
      'a trait of nothing',
      'type Customer { n: Int @computed(of: " ", count: true) }',
      'Customer.n: expected of: the type of the interactions that count, such as "purchase"',
    ],
    [
      'a trait that is also read from a source',
      'type Customer { n: Int @from(source: "crm", path: "name") @computed(of: "purchase", count: true) }',
      'Customer.n: expected either @from or @computed, received both',
    ],
    [
      'a trait on another type',
      `${SCHEMA} type T { n: Int @computed(of: "purchase", count: true) }`,
      'T.n: expected @computed on fields of Customer with a scalar type only',
    ],
    [
      'a trait that can never be null',
      'type Customer { n: Int! @computed(of: "purchase", count: true) }',
      'Customer.n: expected the nullable type Int',
    ],
    [
      'a number for a text',
      'type Customer { name: String @from(source: "crm", path: 5) }',
      '@from(path:): expected a text in quotes, received 5',
    ],
    ['an unknown argument', 'type Customer { name: String @from(source: "crm", pth: "x") }', 'Unknown argument "pth" on directive "@from"'],
    ['no source', 'type Customer { name: String @from }', 'argument "source" of type "String!" is required'],
    [
      'a key that the parent lacks',
      `type Customer { name: String @from(source: "crm") } type L { p: String @from(source: "crm", path: "name", key: "sku") }`,
      'L.p: expected key to be a field of L (p); received "sku"',
    ],
    [
      'captured below the customer',
      `type Customer { name: String @from(source: "crm") } type L { p: String @from(source: "captured") }`,
      'on fields of Customer only',
    ],
    [
      'an interface that is not kept',
      `interface Named { name: String! } type Customer implements Named { name: String @from(source: "crm") }`,
      'Interface field Named.name expects type String!',
    ],
  ])('with %s says so', async (_, schema, message) => {
    expect((await schemaProblems(schema)).join('\n')).toContain(message);
  });

  it('with a folder for a file, a file for a folder, or two files for one source has a problem for each', async () => {
    const directory = temporaryDirectory();
    for (const folder of ['sources', 'schema.graphql', 'resolvers.ts']) mkdirSync(join(directory, folder));
    const problems = async (dataSources: string) => {
      // A module is loaded once, so each configuration has a name of its own.
      const file = join(directory, `${dataSources}.config.ts`);
      writeFileSync(file, `export default { identifiers: { crmId: { class: 'person' } }, dataSources: '${dataSources}' };\n`);
      return (await loadProject(file)).problems.map(({ where, message }) => `${basename(where)}: ${message}`);
    };
    for (const name of ['crm.js', 'crm.ts']) writeFileSync(join(directory, 'sources', name), CRM);
    writeFileSync(join(directory, 'sources', 'types.d.ts'), 'export type Segment = string;\n');
    writeFileSync(join(directory, 'one-file'), CRM);
    const others = [
      'schema.graphql: expected the profile schema here, found a folder; name another with schema: in the configuration',
      'resolvers.ts: expected a file here, found a folder; name another with resolvers: in the configuration',
    ];
    const twice = 'crm.ts: expected one file for each data source, received another one for crm';
    expect((await problems('sources')).sort()).toEqual([...others, twice].sort());
    const noFolder = 'one-file: expected a folder of data adapters, received a file';
    expect((await problems('one-file')).sort()).toEqual([...others, noFolder].sort());
  });

  it('with nothing in its folder says what to do', async () => {
    const project = await loadProject(join(temporaryDirectory(), 'gateway.config.ts'));
    expect(project.problems.map(({ message }) => message).join('\n')).toMatch(/expected a file here, found none; .*init DIR/);
  });
});

describe('the public schema', () => {
  it('has no trace of the annotations, and has what the owner left out', async () => {
    const { publicSdl } = await compileProject(await loadProject('gateway.config.ts'));
    expect(publicSdl).not.toMatch(/@from|@access|directive|ViewerRole/);
    expect(publicSdl).toContain('type OrderConnection');
    expect(publicSdl).toContain('type PageInfo');
    expect(publicSdl).toContain('scalar EmailAddress');
    expect(publicSdl).toMatch(/type Customer implements Node \{/);
  });

  it('describes every type, field, argument and value', async () => {
    const { schema } = await compileProject(await loadProject('gateway.config.ts'));
    const missing: string[] = [];
    const expectDescription = (name: string, { description }: { description?: string | null | undefined }) =>
      description || missing.push(name);
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('_') || type.name.startsWith('federation') || type.name.startsWith('link')) continue;
      expectDescription(type.name, type);
      const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
      for (const field of fields) {
        if (field.name.startsWith('_')) continue;
        expectDescription(`${type.name}.${field.name}`, field);
        if ('args' in field) for (const argument of field.args) expectDescription(`${type.name}.${field.name}(${argument.name})`, argument);
      }
      if ('getValues' in type) for (const value of type.getValues()) expectDescription(`${type.name}.${value.name}`, value);
    }
    expect(missing).toEqual([]);
  });

  it('with a back end keyed by a hashed identifier, or a window without a limit, says so', async () => {
    const config = (crmId: string) => `import { defineGateway } from 'customer-profile-gateway';
export default defineGateway({ identifiers: { crmId: { class: 'person', ${crmId} } } });`;
    expect(await problemsOf({ 'gateway.config.ts': config('unique: true, hash: true') })).toEqual([
      "schema.graphql:1:30: Customer.name: expected a key that is kept in clear; crmId has hash: true, so crm can't be asked by its value",
    ]);
    expect(await problemsOf({ 'gateway.config.ts': config("unique: true, window: '30d'") })).toEqual([
      'gateway.config.ts:2:87: identifiers.crmId.window: expected only beside a limit, received "30d"',
    ]);
    expect(await problemsOf({ 'gateway.config.ts': config("limit: 2, window: 'a month'") })).toEqual([
      'gateway.config.ts:2:83: identifiers.crmId.window: expected a duration such as \'90d\', received "a month"',
    ]);
  });
});
