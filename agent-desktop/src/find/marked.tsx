import { markMatches } from './marks.ts';

/** A text in which what was typed is marked. */
export function Marked({ text, typed }: { readonly text: string; readonly typed: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
  return markMatches(text, typed).map((part, index) => (part.isMatch ? <mark key={index}>{part.text}</mark> : part.text));
}
