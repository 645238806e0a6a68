/** `pointsToNextTier` and `IN_TRANSIT` as words: `Points to next tier`, `In transit`. */
export function wordsOf(name: string): string {
  const isConstant = name === name.toUpperCase();
  const words = (isConstant ? name : name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')).replace(/[_-]+/g, ' ').trim();
  const text = isConstant ? words.toLowerCase() : words.replace(/ \p{Lu}(?=\p{Ll})/gu, (letter) => letter.toLowerCase());
  return text.charAt(0).toUpperCase() + text.slice(1);
}
