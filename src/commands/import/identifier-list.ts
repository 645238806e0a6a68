import { isJsonObject } from '../../model/exact-json.ts';
import { type Identifier, identifierText } from '../../model/identifier.ts';

const EXPECTED = 'identifiers: expected a list of {"type", "value"}, or values by type';
/** Characters of a type in a message. A longer text is no type. */
const SHOWN = 60;

/**
 * Reads the identifiers of a record in a file: a list of `{"type", "value"}`, or an object whose keys are types and whose values are one
 * value or a list of them. A null is ignored, like an empty cell of a CSV.
 * @returns the identifiers, each value as a text; or the problem, without any value.
 */
export function readIdentifierList(input: unknown): readonly Identifier[] | { readonly problem: string } {
  const given = Array.isArray(input) ? listed(input) : isJsonObject(input) ? byType(input) : null;
  if (given === null) return { problem: EXPECTED };
  const identifiers: Identifier[] = [];
  for (const { type, value } of given) {
    if (value === null) continue;
    const text = identifierText(value);
    if (text === null) {
      const shown = JSON.stringify(type.slice(0, SHOWN));
      return { problem: `identifiers: ${shown}: expected a text or a whole number below 2^53, received ${kindOf(value)}` };
    }
    identifiers.push({ type, value: text });
  }
  return identifiers;
}

interface Given {
  readonly type: string;
  readonly value: unknown;
}

function listed(input: readonly unknown[]): Given[] | null {
  const given = input.flatMap((each): Given[] => {
    if (!isJsonObject(each) || typeof each.type !== 'string' || !('value' in each) || Object.keys(each).length !== 2) return [];
    return [{ type: each.type, value: each.value }];
  });
  return given.length === input.length ? given : null;
}

function byType(input: Readonly<Record<string, unknown>>): Given[] {
  return Object.entries(input).flatMap(([type, values]) => (Array.isArray(values) ? values : [values]).map((value) => ({ type, value })));
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'number') return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  return Number.isInteger(value) ? 'a larger number, which is not kept exactly' : 'a number with decimals';
}
