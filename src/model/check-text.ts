import { GatewayError } from './errors.ts';

/** True for a text that every database keeps as it is: no half of a character, and no NUL, which PostgreSQL has in no text. */
export function isWholeText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * Checks a text that a viewer wrote and that is kept, or sent to a back end. Characters are counted, not code units.
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
  if (isWholeText(text)) return;
  throw new GatewayError('BAD_USER_INPUT', `${name}: expected whole Unicode characters without NUL`);
}
