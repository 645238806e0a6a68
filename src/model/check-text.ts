import { GatewayError } from './errors.ts';

/**
 * Checks a text that a viewer wrote and that is kept, or sent to a back end. Characters are counted, not code units. No database
 * keeps half of a character, and PostgreSQL no NUL.
 * @param name of the argument, for the message.
 * @param what follows the number in the message: `that say how the agent made sure`.
 * @throws GatewayError BAD_USER_INPUT.
 */
export function checkText(name: string, text: string, { min, max }: { readonly min: number; readonly max: number }, what = ''): void {
  // A character has two code units at most, so no more of the text needs to be looked at.
  const { length } = [...text.slice(0, 2 * max + 1)];
  if (length < min || length > max) {
    const expected = `expected ${min === 0 ? 'at most' : `${min} to`} ${max} characters${what === '' ? '' : ` ${what}`}`;
    throw new GatewayError('BAD_USER_INPUT', `${name}: ${expected}, received ${length > max ? 'more' : length}`);
  }
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw new GatewayError('BAD_USER_INPUT', `${name}: expected whole Unicode characters without NUL`);
}
