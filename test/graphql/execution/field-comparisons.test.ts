import fc from 'fast-check';
import { buildSchema, OverlappingFieldsCanBeMergedRule, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkFieldComparisons } from '../../../src/graphql/execution/field-comparisons.ts';
import { memorySource, testGateway } from '../../support/gateway.ts';
import { Choices, tape } from './choices.ts';
import { generatedQuery } from './generated-query.ts';
import { generatedSchema } from './generated-schema.ts';

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    nick: String @from(source: "crm")
    friend: Friend @from(source: "crm")
  }
  type Friend { name: String friend: Friend }
`;
const shop = () => testGateway({ schema: SCHEMA, dataSources: { crm: memorySource({ 1: { name: 'Ada', nick: 'A' } }).adapter } });

const times = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, index) => text(index)).join(' ');
const customer = (fields: string, fragments = '') => `{ customer { ${fields} } } ${fragments}`;
const chain = (count: number, name: (index: number) => string) =>
  times(count, (n) => `fragment f${n} on Customer { ${name(n)} ${n < count - 1 ? `...f${n + 1}` : ''} }`);

describe('a document is refused before it is validated', () => {
  it.each([
    ['one field, many times', customer(times(400, () => 'name'))],
    ['one object, many times', customer(times(400, () => 'friend { name }'))],
    ['objects within objects', customer(times(200, () => 'friend { friend { friend { name } } }'))],
    ['fields in conflict', customer(times(400, (n) => `name: ${n % 2 === 0 ? 'name' : 'nick'}`))],
    ['a field in inline fragments', customer(times(400, () => '... { name }'))],
    ['fields of types that differ', customer(times(400, (n) => `... on None${n} { name }`))],
    [
      'fragments within each other',
      customer(
        '...f0',
        chain(400, () => 'name'),
      ),
    ],
    [
      'fragments within each other, of fields that differ',
      customer(
        '...f0',
        chain(350, (n) => `a${n}`),
      ),
    ],
    [
      'fragments beside each other',
      customer(
        times(350, (n) => `...f${n}`),
        times(350, (n) => `fragment f${n} on Customer { a${n} }`),
      ),
    ],
    ['fields beside fragments', customer(times(1_000, (n) => `a${n}`) + times(100, (n) => ` ...f${n}`))],
    ['a fragment that no operation has', `${customer('name')} fragment f on Customer { ${times(400, () => 'name')} }`],
  ])('that repeats %s', async (_, query) => {
    const { ask } = await shop();
    const { errors, status } = await ask(query, { path: '/graphql?cid=1' });
    expect(status).toBe(400);
    const extensions = { code: 'OPERATION_TOO_COMPLEX', limit: 'comparisons', allowed: 50_000, actual: expect.any(Number) };
    expect(errors).toEqual([expect.objectContaining({ extensions })]);
  });

  it('whose fragments multiply', async () => {
    const { ask } = await shop();
    const fragments = times(20, (n) => `fragment f${n} on Friend { a: friend { ...f${n + 1} } b: friend { ...f${n + 1} } }`);
    const { errors } = await ask(customer('friend { ...f0 }', `${fragments} fragment f20 on Friend { name }`));
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'tokens' } }]);
  });
});

it('a document that repeats itself as clients do is answered', async () => {
  const { ask } = await shop();
  const fragments = times(50, (n) => `fragment f${n} on Customer { name nick friend { name } }`);
  const { data, errors } = await ask(
    customer(
      times(50, (n) => `...f${n}`),
      fragments,
    ),
    { path: '/graphql?cid=1' },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({ customer: { name: 'Ada', nick: 'A', friend: { name: 'Ada' } } });
});

it.each([
  [
    'within itself',
    'fragment f on Customer { friend { ...g } } fragment g on Friend { friend { ...g } }',
    'Cannot spread fragment "g" within itself.',
  ],
  ['that is not there', '', 'Unknown fragment "f".'],
])('a fragment %s is a mistake, and not too large', async (_, fragments, message) => {
  const { ask } = await shop();
  const { errors } = await ask(customer('...f', fragments));
  expect(errors).toMatchObject([{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
});

it('graphql-js validates whatever is within the limit', () => {
  const names = fc.constantFrom('a', 'b', 'c');
  const repeated = (text: string, times: number) => `${text} `.repeat(Math.max(1, Math.min(times, Math.floor(3_000 / text.length))));
  const { selections } = fc.letrec<{ selections: string; selection: string }>((tie) => ({
    selections: fc
      .tuple(fc.array(tie('selection'), { minLength: 1, maxLength: 4 }), fc.constantFrom(1, 2, 20, 150))
      .map(([all, times]) => repeated(all.join(' '), times)),
    selection: fc.oneof(
      { maxDepth: 4 },
      names,
      fc.constantFrom('...f0', '...f1', '...f2'),
      fc.tuple(names, tie('selections')).map(([name, inner]) => `${name} { ${inner} }`),
      tie('selections').map((inner) => `... { ${inner} }`),
    ),
  }));
  const schema = buildSchema('type Query { a: Query b: Query c: Query }');
  fc.assert(
    fc.property(fc.array(selections, { minLength: 4, maxLength: 4 }), ([root, ...bodies]) => {
      // Each fragment has only those after it.
      const within = (body: string, index: number) => body.replaceAll(/\.\.\.f(\d)/g, (spread, of) => (of > index ? spread : 'a'));
      const fragments = bodies.map((body, index) => `fragment f${index} on Query { ${within(body, index)} }`);
      const text = `{ ${root} } ${fragments.join(' ')}`;
      fc.pre(text.length < 8_000);
      const document = parse(text);
      fc.pre(checkFieldComparisons(document, 5_000) === null);
      expect(validate(schema, document, [OverlappingFieldsCanBeMergedRule])).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

it('no document that says each thing a few times is refused', () => {
  fc.assert(
    fc.property(tape(200), tape(200), (schemaTape, queryTape) => {
      const { text } = generatedQuery(generatedSchema(Choices.along(schemaTape)), Choices.along(queryTape));
      expect(checkFieldComparisons(parse(text), 5_000)).toBeNull();
    }),
  );
});
