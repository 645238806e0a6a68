import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { type CompiledOperation, compileOperation } from '../../../src/graphql/execution/compile-operation.ts';
import { runPlan } from '../../../src/graphql/execution/run-plan.ts';
import { Choices } from './choices.ts';
import { World } from './world.ts';

/** Waits until all that is ready has run. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** For operations that wait for more than the world's values. */
const MAX_TURNS = 50;

export interface CompiledOutcome {
  /** What `done` received, each time. */
  readonly results: readonly ExecutionResult[];
  /** Rejections that nobody handles: each would end the process. */
  readonly unhandled: readonly unknown[];
}

/** Settles what waits, in the order of the tape, until nothing waits any more. */
async function settleAll({ waiting }: World, order: readonly number[]): Promise<void> {
  const choices = Choices.along(order);
  await turn();
  while (waiting.length > 0) {
    waiting.splice(choices.below(waiting.length), 1)[0]?.();
    await turn();
  }
}

export interface ReferenceOutcome {
  readonly result: ExecutionResult;
  /** graphql-js leaves some rejections unhandled itself. */
  readonly unhandled: readonly unknown[];
}

export async function runInGraphqlJs(
  schema: GraphQLSchema,
  document: DocumentNode,
  world: World,
  variableValues: Readonly<Record<string, unknown>>,
  order: readonly number[],
  rootValue?: unknown,
): Promise<ReferenceOutcome> {
  return listening(async () => {
    const running = Promise.resolve(execute({ schema, document, variableValues, contextValue: world, rootValue }));
    await settleAll(world, order);
    return running;
  });
}

export async function runCompiled(
  compiled: CompiledOperation,
  world: World,
  variables: Readonly<Record<string, unknown>>,
  order: readonly number[],
  rootValue?: unknown,
): Promise<CompiledOutcome> {
  const results: ExecutionResult[] = [];
  const { unhandled } = await listening(async () => {
    runPlan(compiled, world, variables, { rootValue }, (result) => results.push(result));
    await settleAll(world, order);
    for (let turns = 0; turns < MAX_TURNS && results.length === 0; turns++) await turn();
  });
  return { results, unhandled };
}

/** Collects unhandled rejections, instead of the test runner. */
async function listening<Result>(run: () => Promise<Result>): Promise<{ readonly result: Result; readonly unhandled: readonly unknown[] }> {
  const others = process.listeners('unhandledRejection');
  const unhandled: unknown[] = [];
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
  try {
    const result = await run();
    await turn();
    return { result, unhandled };
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
}

/** Of one operation, written by hand. */
export async function runBoth(
  schema: GraphQLSchema,
  query: string,
  given: Readonly<Record<string, unknown>> = {},
  makeRoot: () => unknown = () => undefined,
) {
  const document = parse(query);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const compiled = compileOperation(schema, document, operation, coerced);
  const world = () => new World(schema, [], 0);
  const { results, unhandled } = await runCompiled(compiled, world(), coerced, [], makeRoot());
  const reference = await runInGraphqlJs(schema, document, world(), given, [], makeRoot());
  return { compiled, results, unhandled, expected: reference.result, reference };
}
