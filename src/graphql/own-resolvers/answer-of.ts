import { OwnersError } from '../../model/errors.ts';
import { isThenable } from '../execution/serializer.ts';
import type { RequestContext } from '../request-context.ts';
import { CustomerView, isGivenCustomer } from './resolver-context.ts';

/** Whether values of a field's type are customers: all of them, some (an interface or a union), or none. */
export type AnswersCustomers = 'only' | 'some' | 'none';

/** A field that the owner's code answers. */
export interface OwnField {
  /** For messages: `Query.product`. */
  readonly name: string;
  readonly customers: AnswersCustomers;
}

/**
 * What the owner's code answers, in the form in which the engine takes it: customers as the engine knows them, errors that
 * the client may see as `OwnersError`.
 * @throws TypeError for a value that stands for a customer and was not given by this operation's context.
 */
export async function answerOf(run: () => unknown, field: OwnField, context: RequestContext): Promise<unknown> {
  try {
    return convert(await run(), field, context);
  } catch (error) {
    throw shownError(error, context);
  }
}

function convert(value: unknown, field: OwnField, context: RequestContext): unknown {
  const { customers, name } = field;
  if (value === null || value === undefined) return value;
  if (value instanceof Error) return shownError(value, context);
  if (isThenable(value))
    return value.then(
      (awaited) => convert(awaited, field, context),
      (error) => Promise.reject(shownError(error, context)),
    );
  if (Array.isArray(value) || (customers !== 'none' && isIterable(value)))
    return Array.from(value, (item) => convertItem(item, field, context));
  if (customers === 'none') return masked(value, context);
  const customer = CustomerView.customerOf(value, context);
  if (customer !== null) return customer;
  // A value of the engine that the owner's code got hold of would be taken for a customer that was given.
  if (customers === 'some' && !isGivenCustomer(value)) return value;
  throw new TypeError(
    `${name}: expected a customer of context.customer() or context.customers.byIdentifier(…), received ${received(value)}`,
  );
}

/** A value of the owner's code without identifiers that it got as keys and this viewer may not see. Numbers are measures here. */
export function masked(value: unknown, { maskedTexts }: RequestContext): unknown {
  return maskedTexts === null || typeof value === 'number' ? value : maskedTexts.mask(value);
}

/** An error in a list is the error of that item. */
function convertItem(item: unknown, field: OwnField, context: RequestContext): unknown {
  try {
    return convert(item, field, context);
  } catch (error) {
    // A thrown text must not become a value.
    return error instanceof Error ? error : new Error(`expected an Error to be thrown, received ${typeof error}`);
  }
}

function received(value: unknown): string {
  return value instanceof CustomerView ? 'a customer of another operation' : typeof value;
}

/**
 * As in Apollo Server, a `GraphQLError` with a code is for the client. Recognised by its name: the owner's project may have a
 * copy of graphql of its own.
 */
export function shownError(error: unknown, context: RequestContext): unknown {
  if (!(error instanceof Error) || error.name !== 'GraphQLError') return error;
  const { extensions } = error as { readonly extensions?: Readonly<Record<string, unknown>> };
  if (typeof extensions?.code !== 'string') return error;
  // `http` is for Apollo Server, which takes it out as well.
  const { http: _, stacktrace: __, ...shown } = extensions;
  const problem = jsonProblem(shown);
  if (problem !== null) return new TypeError(`extensions of a GraphQLError: expected JSON, received ${problem}`, { cause: error });
  return new OwnersError(String(masked(error.message, context)), masked(shown, context) as typeof shown, { cause: error });
}

/** @returns why a value has no JSON form: a circle, a `bigint`. One such error would cost the whole answer. */
function jsonProblem(value: unknown): string | null {
  try {
    JSON.stringify(value);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'a value that throws';
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
