import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentFor } from '../../../src/offers/choosing/content-language.ts';

it.each([
  // The example of RFC 4647, section 3.4.
  ['zh-Hant-CN-x-private1-private2', ['en', 'zh-Hant-CN-x-private1', 'zh-Hant'], 'zh-Hant-CN-x-private1'],
  ['zh-Hant-CN-x-private1-private2', ['en', 'zh-Hant-CN-x', 'zh-Hant-CN'], 'zh-Hant-CN'],
  ['zh-Hant-CN-x-private1-private2', ['en', 'zh'], 'zh'],
  ['de-CH', ['en', 'de', 'de-AT'], 'de'],
  ['DE-at', ['en', 'de', 'de-AT'], 'de-AT'],
  ['de', ['en', 'de-AT'], 'en'],
  ['*', ['en', 'de'], 'en'],
  ['-', ['en', 'de'], 'en'],
])('looks for %s among %j and finds %s', (locale, tags, found) => {
  expect(contentFor(new Map(tags.map((tag) => [tag, tag])), locale)).toBe(found);
});

it('always finds one: a tag that the locale begins with, or the first', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
  const tag = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('-'));
  fc.assert(
    fc.property(fc.uniqueArray(tag, { minLength: 1, maxLength: 6 }), fc.oneof(tag, fc.string()), (tags, locale) => {
      const found = contentFor(new Map(tags.map((each) => [each, each])), locale);
      const begins = `${locale.replaceAll('_', '-')}-`.toLowerCase().startsWith(`${found.toLowerCase()}-`);
      expect(found === tags[0] || begins).toBe(true);
    }),
  );
});
