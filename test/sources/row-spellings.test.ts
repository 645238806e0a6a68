import { expect, it } from 'vitest';
import { httpAdapter } from '../../src/index.ts';
import { patient } from '../support/ask-source.ts';
import { IDENTIFIERS, memorySource, testGateway } from '../support/gateway.ts';
import { serve } from '../support/services.ts';

/** A back end that answers all its rows, whatever it is asked. */
async function people(rows: readonly unknown[], key: string | undefined = 'email') {
  const baseUrl = await serve((_, response) => response.end(JSON.stringify(rows)));
  return patient(httpAdapter({ baseUrl, ...(key && { key }), batch: '/?ids={keys}', match: 'id' }));
}
const identifiers = { ...IDENTIFIERS, phone: { class: 'person', normalize: 'phone', region: 'GB' } } as const;
const SCHEMA = `type Customer {
    name: String @from(source: "people")
    caller: String @from(source: "people", key: "phone", path: "name")
    byNumber: String @from(source: "people", key: "crmId", path: "name")
  }`;
const by = (type: string, value: string, fields: string) =>
  `{ customerByIdentifier(identifier: { type: "${type}", value: "${value}" }) { ${fields} sources { name status errorCode } } }`;
const AGENT = { role: 'AGENT' } as const;

it('compares each key by the normalisation of its own type, where a source is asked by several', async () => {
  const rows = [
    { id: 'Ada@Example.com', name: 'Ada' },
    { id: '020 7946 0000', name: 'Ben' },
    { id: 'K-17', name: 'Cleo' },
    { id: 'ada@other.com', name: 'wrong' },
  ];
  const { ask } = await testGateway({ config: { identifiers }, schema: SCHEMA, dataSources: { people: await people(rows) } });
  const read = async (type: string, value: string, field: string) => {
    const { data, codes } = await ask(by(type, value, field), AGENT);
    return codes[0] ?? data.customerByIdentifier[field];
  };
  expect(await read('email', 'ADA@example.com', 'name')).toBe('Ada');
  expect(await read('phone', '+44 20 7946 0000', 'caller')).toBe('Ben');
  expect(await read('crmId', 'K-17', 'byNumber')).toBe('Cleo');
  // The numbers of customers have no normalisation: e-mail's is not theirs.
  expect(await read('crmId', 'k-17', 'byNumber')).toBe('SOURCE_INVALID');
});

it('compares the key of a field exactly, also where the source is asked by identifiers elsewhere', async () => {
  const orders = memorySource({ 1: { contact: 'Ada@Example.com' } }).adapter;
  const { ask } = await testGateway({
    schema: `type Customer { name: String @from(source: "people") order: Order @from(source: "orders") }
      type Order { contact: String person: Person @from(source: "people", key: "contact") } type Person { name: String }`,
    dataSources: { orders, people: await people([{ id: 'ada@example.com', name: 'Ada' }]) },
  });
  const { data, codes, errors } = await ask(by('crmId', '1', 'order { contact person { name } }'), AGENT);
  expect(data.customerByIdentifier.order).toEqual({ contact: 'Ada@Example.com', person: null });
  expect(codes).toEqual(['SOURCE_INVALID']);
  expect(errors[0]?.message).toContain('differs by case');
});

it('does not ask by a number that has lost digits', async () => {
  const orders = memorySource({ 1: { buyer: 2 ** 53, seller: 17850 } }).adapter;
  const persons = memorySource({ 9007199254740992: { name: 'somebody else' }, 17850: { name: 'Ada' } }, { key: 'buyer' });
  const { ask } = await testGateway({
    schema: `type Customer { order: Order @from(source: "orders") }
      type Order { buyer: Float seller: Int person: Person @from(source: "persons") other: Person @from(source: "persons", key: "seller") }
      type Person { name: String }`,
    dataSources: { orders, persons: persons.adapter },
  });
  const { data } = await ask(by('crmId', '1', 'order { person { name } other { name } }'), AGENT);
  expect(data.customerByIdentifier.order).toEqual({ person: null, other: { name: 'Ada' } });
  expect(persons.calls.flat()).not.toContain('9007199254740992');
});

it('answers what is wrong with the spelling, without a value, and leaves the other keys alone', async () => {
  const source = await people(
    [
      { id: 'K-17850-Z', name: 'Zelda' },
      { id: '13047', name: 'Ben' },
    ],
    'crmId',
  );
  const { ask, log } = await testGateway({
    schema: 'type Customer { name: String @from(source: "people") }',
    dataSources: { people: source },
  });
  const variables = { i: ['k-17850-z', '13047'].map((value) => ({ type: 'crmId', value })) };
  const { data, errors, codes } = await ask(
    'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { name sources { status errorCode } } }',
    { variables, ...AGENT },
  );
  expect(data.customersByIdentifiers).toEqual([
    { name: null, sources: [{ status: 'FAILED', errorCode: 'SOURCE_INVALID' }] },
    { name: 'Ben', sources: [{ status: 'FRESH', errorCode: null }] },
  ]);
  expect(codes).toEqual(['SOURCE_INVALID']);
  expect(errors[0]?.message).toContain('differs by case');
  expect([...log, ...errors.map(({ message }) => message)].join()).not.toMatch(/k-17850|zelda/i);
});

it('counts the rows that nobody asked for, and logs them once', async () => {
  const { ask, log, gateway } = await testGateway({
    schema: 'type Customer { name: String @from(source: "people") }',
    dataSources: {
      people: await people([
        { id: 'x@y.z', name: 'Xi' },
        { id: 'u@y.z', name: 'Uma' },
        { id: 'ada@y.z', name: 'Ada' },
      ]),
    },
  });
  for (let n = 0; n < 3; n++) expect((await ask(by('email', 'ada@y.z', 'name'), AGENT)).data.customerByIdentifier.name).toBe('Ada');
  const lines = log.filter((line) => line.includes('no key asked for')).map((line) => JSON.parse(line));
  expect(lines).toMatchObject([{ level: 40, source: 'people', records: 2, came: 3 }]);
  expect(JSON.stringify(lines)).not.toContain('y.z');
  const metrics = (await gateway.app.inject('/metrics')).body;
  expect(metrics).toContain('gateway_source_foreign_records_total{source="people"} 6');
});
