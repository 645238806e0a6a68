import fc from 'fast-check';
import { type ExecutionResult, getVariableValues, type OperationDefinitionNode, parse, printSchema, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type CompiledOperation, compileOperation } from '../../../src/graphql/execution/compile-operation.ts';
import { Choices, tape } from './choices.ts';
import { type GeneratedQuery, generatedQuery } from './generated-query.ts';
import { type GeneratedSchema, generatedSchema } from './generated-schema.ts';
import { runCompiled, runInGraphqlJs } from './run-both.ts';
import { expectSameResult } from './same-result.ts';
import { World } from './world.ts';

/** More where there is time: `NUM_RUNS=20000 npx vitest run --testTimeout=0 test/graphql`. */
const RUNS = Number(process.env.NUM_RUNS ?? 1_000);
/** One in so many values is a mistake. */
const trouble = fc.constantFrom(0, 0, 0, 25, 25, 12, 6);
const cases = fc.record({ schema: tape(120), query: tape(260), values: tape(120), trouble, order: tape(40) });

describe('an operation that is compiled', () => {
  it('is answered as by graphql-js: data to the byte, and each error', async () => {
    const seen = { answered: 0, mistakes: 0 };
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
    expect(seen.mistakes).toBeGreaterThan(RUNS / 4);
  });
});

type Values = { readonly values: readonly number[]; readonly trouble: number; readonly order: readonly number[] };

async function sameAnswers(
  { schema }: GeneratedSchema,
  query: GeneratedQuery,
  { values, trouble, order }: Values,
  seen: Record<'answered' | 'mistakes', number>,
) {
  const document = parse(query.text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const plans = new Map<string, CompiledOperation>();
  for (const given of query.given) {
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
    expect(
      errors?.map(({ message }) => message),
      query.text,
    ).toBeUndefined();
    const variables = coerced as Record<string, unknown>;
    // A plan is for other variables, too, as long as they ask for the same fields.
    const variant = JSON.stringify(query.conditions.map((name) => variables[name]));
    const compiled = plans.get(variant) ?? compileOperation(schema, document, operation, variables);
    plans.set(variant, compiled);
    const [reference, world] = [new World(schema, values, trouble), new World(schema, values, trouble)];
    const { result: expected } = await runInGraphqlJs(schema, document, reference, given, order, reference.root(operation));
    const { results, unhandled } = await runCompiled(compiled, world, variables, order, world.root(operation));
    try {
      expect(results).toHaveLength(1);
      expect(unhandled).toEqual([]);
      expectSameResult(results[0] as ExecutionResult, expected);
      if (!expected.errors) expect(world.calls.sort()).toEqual(reference.calls.sort());
    } catch (error) {
      const story = `${query.text}\nwith ${JSON.stringify(given)} and conditions ${variant} of\n${printSchema(schema)}`;
      throw new Error(`${(error as Error).message}\n${story}`, { cause: error });
    }
    seen[expected.errors ? 'mistakes' : 'answered']++;
  }
}
