import { contentFor } from '../../offers/choosing/content-language.ts';
import type { CompiledOffers } from '../../offers/definition/compiled-offers.ts';
import { BUILT_IN_SOURCES } from '../../profile/field-binding.ts';
import type { Profile } from '../../profile/profile.ts';
import type { ProfileLayout } from './profile-layout.ts';

/** The languages that the desktop speaks. */
const LANGUAGES = ['en', 'de'];
/** The names under which owners put the title of an offer, the most usual first. */
const TITLES = ['title', 'headline', 'name'];
/** Characters of a title at most: a row of the journey has room for less. */
const LONGEST_TITLE = 200;

/** The titles of all offers, each offer once. One whose content has no title in a language has none in it. */
export function offerTitles(compiled: Pick<CompiledOffers, 'placements'> | null): ProfileLayout['offers'] {
  const all = [...(compiled?.placements.values() ?? [])].flatMap(({ offers, fallback }) =>
    fallback === null ? offers : [...offers, fallback],
  );
  const byName = new Map(all.map((offer) => [offer.name, offer]));
  return [...byName].map(([name, { content }]) => {
    const titles = LANGUAGES.flatMap((language) => {
      const of = contentFor(content, language);
      const title = TITLES.map((field) => of[field]).find((text) => typeof text === 'string' && text.trim() !== '');
      return typeof title === 'string' ? [[language, title.slice(0, LONGEST_TITLE)]] : [];
    });
    return { name, titles: Object.fromEntries(titles) };
  });
}

/** By which identifier types the sources are asked, sorted by the names of the sources. */
export function sourceKeys(profile: Profile): ProfileLayout['keys'] {
  const bindings = [...profile.fields].flatMap(({ binding }) => binding?.sources ?? []);
  const keys = bindings.flatMap(({ source, key }) =>
    key.kind === 'identifier' && !BUILT_IN_SOURCES.has(source) ? [{ source, type: key.type }] : [],
  );
  const each = new Map(keys.map((key) => [`${key.source} ${key.type}`, key]));
  return [...each].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}
