/**
 * Chooses the content for a language: "lookup" of RFC 4647, section 3.4. `de-AT-1996` is looked for as itself, as `de-AT`, as `de`.
 * @param content by language tag, at least one.
 * @param locale a language tag; null if the client asked for none.
 * @returns the content of the first tag if none fits.
 */
export function contentFor<Content>(content: ReadonlyMap<string, Content>, locale: string | null): Content {
  let wanted = locale?.replaceAll('_', '-').toLowerCase() ?? '';
  while (wanted !== '') {
    for (const [tag, value] of content) if (tag.toLowerCase() === wanted) return value;
    wanted = wanted.slice(0, Math.max(0, wanted.lastIndexOf('-')));
    // A single letter or digit introduces what follows it, such as `x-private`, and is removed with it.
    if (/-[a-z0-9]$/.test(wanted)) wanted = wanted.slice(0, -2);
  }
  return content.values().next().value as Content;
}
