import { type DirectiveNode, Kind, print, type ValueNode } from 'graphql';
import { parseDuration } from '../../model/quantity.ts';
import { TRAIT_FUNCTIONS, type Trait, type TraitFunction } from '../../model/trait.ts';
import { COMPUTED, type SourceBinding } from '../../profile/field-binding.ts';
import { namedTypeOf } from './schema-parts.ts';
import { type Field, parsePath } from './vocabulary.ts';

/** Types that hold what a function answers; any for the functions that answer a property as it is. */
const NUMBERS = ['Int', 'Float'];
const FITTING: Partial<Record<TraitFunction, readonly string[]>> = { count: NUMBERS, uniques: NUMBERS, sum: ['Float', 'Int'] };

/**
 * Reads an `@computed`.
 * @param report takes a mistake in it, without the field's name.
 * @returns null when it was reported.
 */
export function readComputed(field: Field, directive: DirectiveNode, report: (message: string) => void): Trait | null {
  const { parent, node, shape } = field;
  const argument = (name: string) => directive.arguments?.find((each) => each.name.value === name)?.value;
  if (parent.name.value !== 'Customer' || shape !== 'leaf') {
    report('expected @computed on fields of Customer with a scalar type only, since it counts what a customer did');
    return null;
  }
  const functions = TRAIT_FUNCTIONS.filter((name) => isGiven(argument(name)));
  const [compute] = functions;
  if (compute === undefined || functions.length > 1) {
    report(`expected exactly one of ${TRAIT_FUNCTIONS.join(', ')}; received ${functions.join(', ') || 'none'}`);
    return null;
  }
  const of = textOf(argument('of'));
  const path = compute === 'count' ? [] : parsePath(textOf(argument(compute)) ?? '');
  const window = readWindow(argument('window'), report);
  const type = namedTypeOf(node.type).name.value;
  if (FITTING[compute]?.includes(type) === false)
    report(`expected the type ${FITTING[compute].join(' or ')} for ${compute}; received ${type}`);
  else if (path === null) {
    report(
      `expected ${compute} to be a path into the interaction's properties, such as "total"; received ${print(argument(compute) as ValueNode)}`,
    );
  } else if (of === null || of.trim() === '') report('expected of: the type of the interactions that count, such as "purchase"');
  else if (window !== undefined) return { name: node.name.value, of, compute, path, window };
  return null;
}

/** How a trait's field is read: from the built-in source, by the customer's id. */
export function bindingOf({ name }: Trait): SourceBinding {
  const key = { kind: 'customerId' } as const;
  return { source: COMPUTED, many: false, pages: false, key, keyType: null, path: [name], newestBy: null, cursor: null };
}

/** @returns milliseconds, null without a window, or undefined when it was reported. */
function readWindow(value: ValueNode | undefined, report: (message: string) => void): number | null | undefined {
  const text = textOf(value);
  if (value === undefined || value.kind === Kind.NULL) return null;
  try {
    const window = parseDuration(text ?? '');
    if (window > 0) return window;
  } catch {
    // Reported below, with what was written.
  }
  report(`expected window to be a duration such as "30d"; received ${print(value)}`);
  return undefined;
}

function isGiven(value: ValueNode | undefined): boolean {
  return value !== undefined && value.kind !== Kind.NULL && !(value.kind === Kind.BOOLEAN && !value.value);
}

function textOf(value: ValueNode | undefined): string | null {
  return value?.kind === Kind.STRING ? value.value : null;
}
