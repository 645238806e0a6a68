import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';

/** Texts with which programs have trouble, and some that are right. */
const TEXTS = [
  ...[
    '',
    ' ',
    '1',
    '2',
    'a@b.example',
    'crmId',
    'email',
    'visitorId',
    'web',
    'view',
    'favouriteStore',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud83d',
    '\u202eabc',
  ],
  ...['__proto__', 'constructor', 'toString', 'null', '2026-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '0000-00-00', '-1', '1e999'],
  ...[
    'Q3VzdG9tZXI6MQ==',
    'WzEsImEiXQ==',
    'WzFlOTk5LCJhIl0',
    'bnVsbA==',
    '////',
    'e30=',
    '6f1a2b3c-0000-4000-8000-000000000000',
    'https://shop.example/?cid=1',
  ],
  'x'.repeat(5_000),
  '\u{1f600}'.repeat(300),
];
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 30 }));
const number = fc.constantFrom(0, 1, 2, -1, 200, 201, 2_147_483_647, 2_147_483_648, -0, 1.5, 2 ** 53, 1e308);
const anything = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }));

/** A value of an input type; seldom one that is wrong. */
function argumentValue(type: GraphQLInputType, depth = 0): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return argumentValue(type.ofType, depth);
  const right = ((): fc.Arbitrary<unknown> => {
    if (isListType(type)) return fc.array(argumentValue(type.ofType, depth + 1), { maxLength: 3 });
    if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const required = fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name);
      return fc.record(Object.fromEntries(fields.map((field) => [field.name, argumentValue(field.type, depth + 1)])), {
        requiredKeys: required as never[],
        noNullPrototype: true,
      });
    }
    switch (getNamedType(type).name) {
      case 'Int':
      case 'Float':
        return number;
      case 'Boolean':
        return fc.boolean();
      case 'DateTime':
        return fc.constantFrom(
          '2026-01-01T00:00:00Z',
          '1970-01-01T00:00:00.000Z',
          '0001-01-01T00:00:00Z',
          '9999-12-31T23:59:59.999Z',
          '2016-12-31T23:59:60Z',
        );
      case 'String':
      case 'ID':
        return text;
      default:
        return anything;
    }
  })();
  return fc.oneof({ weight: 20, arbitrary: right }, { weight: 1, arbitrary: anything });
}

interface Selection {
  readonly text: string;
  readonly definitions: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Operations that ask for a random part of a schema, all arguments as variables. Subscriptions are left out: they have no end. */
export function operationsOf(schema: GraphQLSchema): fc.Arbitrary<{ readonly query: string; readonly variables: object }> {
  const roots = (['query', 'mutation'] as const).flatMap((kind) => {
    const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    return type == null ? [] : Object.values(type.getFields()).map((field) => ({ kind, field }));
  });
  return fc.constantFrom(...roots).chain(({ kind, field }) =>
    selection(schema, field, 4, '').map(({ text: selected, definitions, variables }) => ({
      query: `${kind}${definitions.length > 0 ? `(${definitions.join(' ')})` : ''} { ${selected} }`,
      variables,
    })),
  );
}

function selection(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth: number, path: string): fc.Arbitrary<Selection> {
  const here = `${path}_${field.name}`;
  const args = fc.tuple(...field.args.map((argument) => argumentOf(argument, `${here}_${argument.name}`)));
  const named = getNamedType(field.type);
  const within: fc.Arbitrary<readonly Selection[]> = isLeafType(named)
    ? fc.constant([])
    : isAbstractType(named)
      ? fc.tuple(
          ...schema
            .getPossibleTypes(named)
            .map((type) => fields(schema, type, depth - 1, `${here}_${type.name}`).map((all) => onType(type, all))),
        )
      : fields(schema, named as GraphQLObjectType, depth - 1, here);
  return fc.tuple(args, within).map(([given, inner]) => {
    const used = given.filter((each) => each !== null);
    const list = used.length > 0 ? `(${used.map(({ text: written }) => written).join(' ')})` : '';
    const body = isLeafType(named) ? '' : ` { __typename ${inner.map(({ text: written }) => written).join(' ')} }`;
    return joined(`${field.name}${list}${body}`, [...used, ...inner]);
  });
}

function fields(schema: GraphQLSchema, type: GraphQLObjectType, depth: number, path: string): fc.Arbitrary<readonly Selection[]> {
  const all = Object.values(type.getFields()).filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
  if (all.length === 0) return fc.constant([]);
  return fc
    .subarray(all, { maxLength: Math.min(5, all.length) })
    .chain((some) => fc.tuple(...some.map((field) => selection(schema, field, depth, path))));
}

function onType(type: GraphQLObjectType, inner: readonly Selection[]): Selection {
  return joined(`... on ${type.name} { __typename ${inner.map(({ text: written }) => written).join(' ')} }`, inner);
}

function argumentOf(argument: GraphQLArgument, variable: string): fc.Arbitrary<Selection | null> {
  const given = argumentValue(argument.type).map(
    (value): Selection => ({
      text: `${argument.name}: $${variable}`,
      definitions: [`$${variable}: ${argument.type}`],
      variables: { [variable]: value },
    }),
  );
  return isNonNullType(argument.type) ? given : fc.option(given, { freq: 2 });
}

function joined(written: string, parts: readonly Selection[]): Selection {
  return {
    text: written,
    definitions: parts.flatMap(({ definitions }) => definitions),
    variables: Object.assign({}, ...parts.map(({ variables }) => variables)),
  };
}
