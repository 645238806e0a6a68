/** A part of a text; `isMatch` where it is what was typed. */
export interface MarkedPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Letters without accents and case, one for each letter of the text, so that positions are the same in both. */
const folded = (text: string): string[] => [...text].map((letter) => [...letter.normalize('NFD')][0]?.toLowerCase() ?? letter);

const isDigit = (letter: string): boolean => letter >= '0' && letter <= '9';

/**
 * Finds what was typed: the whole, else each word of it. A number is found whatever is written between its digits.
 * @returns the parts of `text`, in order.
 */
export function markMatches(text: string, typed: string): MarkedPart[] {
  const letters = [...text];
  const marked = new Array<boolean>(letters.length).fill(false);
  const wanted = typed.trim();
  const found = markAll(folded(text), folded(wanted), marked) || markDigits(letters, wanted, marked);
  if (!found) for (const word of wanted.split(/\s+/u).filter(({ length }) => length > 1)) markAll(folded(text), folded(word), marked);
  const parts: { text: string; isMatch: boolean }[] = [];
  letters.forEach((letter, index) => {
    const last = parts.at(-1);
    if (last !== undefined && last.isMatch === marked[index]) last.text += letter;
    else parts.push({ text: letter, isMatch: marked[index] === true });
  });
  return parts;
}

function markAll(letters: readonly string[], wanted: readonly string[], marked: boolean[]): boolean {
  if (wanted.length === 0) return false;
  let found = false;
  for (let start = 0; start + wanted.length <= letters.length; start += 1) {
    if (!wanted.every((letter, index) => letters[start + index] === letter)) continue;
    marked.fill(true, start, start + wanted.length);
    found = true;
  }
  return found;
}

/** `07700 900663` and `+44 7700 900663` are one number: the national zero is left out, and so is all that is no digit. */
function markDigits(letters: readonly string[], typed: string, marked: boolean[]): boolean {
  if (!/^[+\d][\d\s()./-]*$/u.test(typed)) return false;
  const wanted = typed.replace(/\D/gu, '').replace(/^0+/u, '');
  const positions = letters.flatMap((letter, index) => (isDigit(letter) ? [index] : []));
  const start = positions
    .map((position) => letters[position])
    .join('')
    .indexOf(wanted);
  if (wanted.length < 3 || start < 0) return false;
  const [from, to] = [positions[start], positions[start + wanted.length - 1]];
  if (from === undefined || to === undefined) return false;
  marked.fill(true, from, to + 1);
  return true;
}

/** Whether anything of the text is what was typed. */
export const hasMatch = (text: string, typed: string): boolean => markMatches(text, typed).some(({ isMatch }) => isMatch);
