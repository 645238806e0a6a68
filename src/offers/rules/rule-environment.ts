import { Environment } from '@marcbachmann/cel-js';
import type { CustomerField } from './customer-type.ts';
import { Journey, type RuleClasses } from './rule-context.ts';
import type { RecordType, RuleType } from './rule-types.ts';

const TIME = 'google.protobuf.Timestamp';
/** Nothing that rules call is asynchronous. Without this option cel-js checks each result for promises. */
const SYNCHRONOUS = { async: false } as const;

/** Bounds of one rule: a person can read a rule of this size, and evaluating it takes microseconds. */
export const RULE_LIMITS = {
  /** Characters. */
  text: 4_000,
  /** Parts of a rule's tree, and how deep it is. */
  maxAstNodes: 1_000,
  maxDepth: 100,
  maxListElements: 500,
  maxMapEntries: 500,
  maxCallArguments: 32,
} as const;

/** A method of cel-js whose published declaration lacks the third parameter. */
interface Operators {
  registerOperator(signature: string, handler: (...operands: never[]) => unknown, options: typeof SYNCHRONOUS): unknown;
}

/**
 * Adds operators for an integer and a double together, as people write them: `customer.loyalty.spent > 100`, `2 * value`. Not for
 * `in`: an attribute has any type, and with two operators cel-js could not decide which is meant.
 */
export function withMixedNumbers(environment: Environment): Environment {
  const operators = environment as unknown as Operators;
  const operations: Readonly<Record<string, (a: number | bigint, b: number | bigint) => unknown>> = {
    '+': (a, b) => Number(a) + Number(b),
    '-': (a, b) => Number(a) - Number(b),
    '*': (a, b) => Number(a) * Number(b),
    '/': (a, b) => Number(a) / Number(b),
    '%': (a, b) => Number(a) % Number(b),
  };
  for (const [operator, operation] of Object.entries(operations)) {
    operators.registerOperator(`int ${operator} double: double`, operation, SYNCHRONOUS);
    operators.registerOperator(`double ${operator} int: double`, operation, SYNCHRONOUS);
  }
  operators.registerOperator('double % double: double', operations['%'] as (a: number, b: number) => unknown, SYNCHRONOUS);
  // cel-js makes `double == int` of it, and `!=` of both.
  // biome-ignore lint/suspicious/noDoubleEquals: `===` is false for 3n and 3
  operators.registerOperator('int == double', (a: bigint, b: number) => a == (b as unknown), SYNCHRONOUS);
  return environment;
}

/**
 * Everything that rules may name, with its types.
 * @param isInAudience answers `audience(name)`; throws where that is not known.
 */
export function ruleEnvironment(
  fields: ReadonlyMap<string, CustomerField>,
  purposes: readonly string[],
  { Customer, Consent }: RuleClasses,
  isInAudience: (name: string) => boolean,
): Environment {
  const { text: _, ...limits } = RULE_LIMITS;
  // The text of a term may have more brackets than its rule, and brackets count as depth.
  const deeper = { ...limits, maxDepth: 2 * limits.maxDepth };
  const environment = withMixedNumbers(new Environment({ unlistedVariablesAreDyn: false, limits: deeper }));
  const registered = new Set<RecordType>();
  const register = (type: RuleType): string => {
    if (type.kind === 'list') register(type.of);
    if (type.kind === 'record' && !registered.has(type.record)) {
      registered.add(type.record);
      environment.registerType(type.cel, { ctor: type.record.wrapper, fields: fieldTypes(type.record, register) });
    }
    return type.cel;
  };
  const ofCustomer = Object.fromEntries([...fields].map(([name, { type }]) => [name, register(type)]));
  environment.registerType('Customer', { ctor: Customer, fields: { ...ofCustomer, assurance: 'string' } });
  environment.registerType('Consent', { ctor: Consent, fields: Object.fromEntries(purposes.map((name) => [name, 'bool'])) });
  environment.registerType('Journey', { ctor: Journey, fields: {} });
  environment.registerFunction(
    'Journey.count(string, string): int',
    (journey: Journey, type: string, window: string) => journey.count(type, window),
    SYNCHRONOUS,
  );
  environment.registerFunction('Journey.last(string): int', (journey: Journey, type: string) => journey.last(type), SYNCHRONOUS);
  environment.registerFunction('audience(string): bool', isInAudience, SYNCHRONOUS);
  for (const [name, type] of Object.entries(VARIABLES)) environment.registerVariable(name, type);
  return environment;
}

/** What stands alone in a rule, with its type. */
export const VARIABLES: Readonly<Record<string, string>> = {
  customer: 'Customer',
  attributes: 'map<string, dyn>',
  journey: 'Journey',
  consent: 'Consent',
  touchpoint: 'string',
  channel: 'string',
  locale: 'string',
  now: TIME,
};

/**
 * The types of an object's fields for cel-js. Their own types are registered when cel-js asks for them: it knows this type then,
 * which they may name.
 */
function fieldTypes({ fields }: RecordType, register: (type: RuleType) => string): Record<string, string> {
  const types = {};
  for (const [name, { type }] of fields) {
    if (type !== null) Object.defineProperty(types, name, { enumerable: true, get: () => register(type) });
  }
  return types;
}
