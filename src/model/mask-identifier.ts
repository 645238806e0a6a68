/** In place of what is hidden: of one length, so that it does not show how long the value is. */
export const MASK = '•••';

/** Characters that are shown at most. */
const MAX_SHOWN = 4;

/**
 * An identifier's value but for its last characters: enough to compare it with what a customer says, too little to use it. At most
 * a quarter of the value is shown, so nothing of one with less than 4 characters, and nothing of an address before its `@`.
 */
export function maskIdentifier(value: string): string {
  // Not code units: half of a character is none.
  const characters = [...value];
  const shown = characters.slice(characters.length - Math.min(MAX_SHOWN, Math.floor(characters.length / 4)));
  return MASK + shown.slice(shown.lastIndexOf('@') + 1).join('');
}
