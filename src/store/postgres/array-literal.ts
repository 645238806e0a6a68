import type { Parameter } from './statement.ts';

/**
 * The text of an array, as PostgreSQL reads it. The driver makes it, too, with two regular expressions for each element, which is a
 * tenth of the processor time of storing many interactions.
 * https://www.postgresql.org/docs/current/arrays.html#ARRAYS-INPUT
 */
export function arrayLiteral(values: Extract<Parameter, readonly unknown[]>): string {
  let literal = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) literal += ',';
    literal += elementOf(values[index] as Exclude<Parameter, readonly unknown[]>);
  }
  return `${literal}}`;
}

function elementOf(value: Exclude<Parameter, readonly unknown[]>): string {
  if (typeof value === 'string') return `"${value.includes('\\') || value.includes('"') ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
  if (value === null) return 'null';
  return Buffer.isBuffer(value) ? `"\\\\x${value.toString('hex')}"` : String(value);
}
