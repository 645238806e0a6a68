import fc from 'fast-check';
import { getVariableValues, type OperationDefinitionNode, parse, printSchema, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type CompiledOperation, compileOperation } from '../../src/graphql/execution/compile-operation.ts';
import { Choices, tape } from './choices.ts';
import { fieldsAtMost } from './count-fields.ts';
import { type GeneratedQuery, generatedQuery } from './generated-query.ts';
import { type GeneratedSchema, generatedSchema } from './generated-schema.ts';
import { runCompiled, runInGraphqlJs } from './run-both.ts';
import { World } from './world.ts';

/** More where there is time: `NUM_RUNS=20000 npx vitest run test/graphql`. */
const RUNS = Number(process.env.NUM_RUNS ?? 1_000);
/** Fields of a plan; what has more is left to graphql-js. */
const MAX_FIELDS = 2_000;
/** One in so many values is a mistake. */
const trouble = fc.constantFrom(0, 0, 0, 25, 25, 6);
const cases = fc.record({ schema: tape(120), query: tape(260), values: tape(120), trouble, order: tape(40) });

describe('an operation that is compiled', () => {
  it('is answered as by graphql-js, to the byte, or left to it', { timeout: 30_000 + RUNS * 20 }, async () => {
    const seen = { refused: 0, answered: 0, mistakes: 0 };
    await fc.assert(
      fc.asyncProperty(cases, async ({ schema: schemaTape, query: queryTape, ...values }) => {
        const generated = generatedSchema(Choices.along(schemaTape));
        const query = generatedQuery(generated, Choices.along(queryTape));
        const document = parse(query.text);
        const [problem] = validate(generated.schema, document);
        expect(problem?.message, query.text).toBeUndefined();
        await sameAnswers(generated, query, values, seen);
      }),
      { numRuns: RUNS },
    );
    // That the generators make what is worth comparing.
    expect(seen.answered).toBeGreaterThan(RUNS / 2);
  });
});

type Values = { readonly values: readonly number[]; readonly trouble: number; readonly order: readonly number[] };

async function sameAnswers(
  { schema, hasIsTypeOf }: GeneratedSchema,
  query: GeneratedQuery,
  { values, trouble, order }: Values,
  seen: Record<'refused' | 'answered' | 'mistakes', number>,
) {
  const document = parse(query.text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const plans = new Map<string, CompiledOperation | null>();
  for (const given of query.given) {
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
    expect(
      errors?.map(({ message }) => message),
      query.text,
    ).toBeUndefined();
    const variables = coerced as Record<string, unknown>;
    const conditions = query.conditions.map((name) => variables[name]);
    // A plan is for other variables, too, as long as they ask for the same fields.
    const variant = JSON.stringify(conditions);
    if (!plans.has(variant)) plans.set(variant, compileOperation(schema, document, operation, variables));
    const compiled = plans.get(variant) as CompiledOperation | null;
    if (compiled === null) {
      seen.refused++;
      const isLarge = fieldsAtMost(schema, document) > MAX_FIELDS;
      expect(isLarge || hasIsTypeOf || query.isRefused || conditions.includes(null), `not compiled: ${query.text}`).toBe(true);
      continue;
    }
    const [reference, world] = [new World(schema, values, trouble), new World(schema, values, trouble)];
    const { result: expected } = await runInGraphqlJs(schema, document, reference, given, order);
    const { heard, unheard } = await runCompiled(compiled, world, variables, order);
    try {
      expect(heard).toHaveLength(1);
      expect(unheard).toEqual([]);
      if (expected.errors) expect(heard[0], String(expected.errors[0])).toBeNull();
      else if (heard[0] === null) expect(world.isRefused, 'left to graphql-js for a reason').toBe(true);
      else {
        expect(JSON.stringify(heard[0])).toBe(JSON.stringify(expected.data));
        expect(world.calls.sort()).toEqual(reference.calls.sort());
      }
    } catch (error) {
      const story = `${query.text}\nwith ${JSON.stringify(given)} and conditions ${variant} of\n${printSchema(schema)}`;
      throw new Error(`${(error as Error).message}\n${story}`, { cause: error });
    }
    seen[expected.errors ? 'mistakes' : heard[0] === null ? 'refused' : 'answered']++;
  }
}
