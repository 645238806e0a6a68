/** The usual names of identifier types, with what their values look like. */
const LOOKS: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/mail/iu, /^\S+@\S+$/u],
  // With the plus or the zero of a telephone number: a customer number is digits alone.
  [/phone|mobile/iu, /^[+0][\d\s()./-]{6,}$/u],
];

/** Which of the owner's types a value looks like, so that who types a telephone number need not choose; null for none. */
export function guessType(typed: string, types: readonly string[]): string | null {
  const value = typed.trim();
  const look = LOOKS.find(([, looks]) => looks.test(value));
  return types.find((type) => look?.[0].test(type)) ?? null;
}
