import { OwnersError } from '../../model/errors.ts';
import { isThenable } from '../execution/serializer.ts';
import { CustomerView } from './resolver-context.ts';

/** Whether values of a field's type are customers: all of them, some (an interface or a union), or none. */
export type AnswersCustomers = 'only' | 'some' | 'none';

/**
 * What the owner's code answers, in the form in which the engine takes it: customers as the engine knows them, errors that
 * the client may see as `OwnersError`.
 * @param name of the field, for messages.
 * @throws TypeError for a value that stands for a customer and was not given by the context.
 */
export async function answerOf(run: () => unknown, customers: AnswersCustomers, name: string): Promise<unknown> {
  try {
    return convert(await run(), customers, name);
  } catch (error) {
    throw shownError(error);
  }
}

function convert(value: unknown, customers: AnswersCustomers, name: string): unknown {
  if (value === null || value === undefined) return value;
  if (value instanceof Error) return shownError(value);
  if (isThenable(value))
    return value.then(
      (awaited) => convert(awaited, customers, name),
      (error) => Promise.reject(shownError(error)),
    );
  if (Array.isArray(value) || (customers !== 'none' && isIterable(value)))
    return Array.from(value, (item) => convertItem(item, customers, name));
  if (customers === 'none') return value;
  const customer = CustomerView.customerOf(value);
  if (customer !== null || customers === 'some') return customer ?? value;
  throw new TypeError(`${name}: expected a customer of context.customer() or context.customers.byIdentifier(…), received ${typeof value}`);
}

/** An error in a list is the error of that item. */
function convertItem(item: unknown, customers: AnswersCustomers, name: string): unknown {
  try {
    return convert(item, customers, name);
  } catch (error) {
    return error;
  }
}

/**
 * As in Apollo Server, a `GraphQLError` with a code is for the client. Recognised by its name: the owner's project may have a
 * copy of graphql of its own.
 */
export function shownError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'GraphQLError') return error;
  const { extensions } = error as { readonly extensions?: Readonly<Record<string, unknown>> };
  if (typeof extensions?.code !== 'string') return error;
  // `http` is for Apollo Server, which takes it out as well.
  const { http: _, stacktrace: __, ...shown } = extensions;
  return new OwnersError(error.message, shown, { cause: error });
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
