import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/**
 * Words that stood for several things, and the words of docs/words.md for each of these. Public names have none of them. The store has
 * some: `heard_event`, the column `tally` (of a row: `tally:`) and the kind 'tallies'.
 */
const REFUSED: readonly (readonly [word: string, pattern: RegExp, instead: string])[] = [
  ['tell', /(?<![a-z])([Tt]ell|[Tt]old|[Tt]elling|[Tt]eller)s?(?![a-z])|[a-z](Tell|Told)/, 'report, send, record, publish, say'],
  ['whoever', /(?<![a-z])whoever(?![a-z])/i, 'the subject itself: the customer, the viewer, the client'],
  ['crowd', /crowd/i, 'batch, expected batch size'],
  ['heard', /(?<![a-z])heard(?!_event|_at|[a-z])/i, 'received, recorded'],
  ['sighting', /sighting/i, 'evidence'],
  ['tally', /(?<!select |t\.|set |excluded\.|bucket, )tally(?!:)|(?<!')tallies/i, 'counter, counts'],
  ['in earnest', /in earnest/i, 'in production, outside tests'],
  ['full way', /full way/i, "Apollo Server's HTTP, the route"],
  [
    'place',
    // "In place of" and "puts it in place" are other words: the verb, and the idiom.
    /(?<![a-z]|order_)(place[sd]?|placing)(?![a-z])(?! (of|it|them|the))|[a-z]Place(s|d)?(?![a-z])/,
    'path, position, cursor, scope, key, touchpoint',
  ],
];

const FOLDERS = ['src', 'test', 'docs', 'examples', 'web-tag', 'datasources', 'scripts', 'bench', '*.md', '*.ts', 'schema.graphql'];
/** Stored names and decisions of the past stay as they were written; generated files have the words of their sources. */
const EXCEPT = /\/generated\/|\/migrations\/|^docs\/(words\.md|adr\/)|^CHANGELOG\.md|^test\/docs\/words\.test\.ts$/;

/** Also files that git does not track yet, so that a new file is checked before its commit. */
const LISTED = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', ...FOLDERS], {
  encoding: 'utf8',
});
const LINES = LISTED.split('\n')
  .filter((file) => /\.(ts|md|graphql|sql)$/.test(file) && !EXCEPT.test(file) && existsSync(file))
  .flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((text, index) => ({ text, where: `${file}:${index + 1}` })),
  );

it.each(REFUSED)('"%s" is used in no file of the project', (word, pattern, instead) => {
  const uses = LINES.filter(({ text }) => pattern.test(text)).map(({ text, where }) => `${where}: ${text.trim()}`);
  expect(uses, `docs/words.md: expected ${instead}; received "${word}"`).toEqual([]);
});

it('reads the files of the project', () => {
  expect(LINES.length).toBeGreaterThan(10_000);
});
