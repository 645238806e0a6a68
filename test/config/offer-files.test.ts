import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/config/load-project.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { compiled, configOf, type Files, load, offerOf, offerProblems, PLACEMENTS, problemsOf, shown } from '../support/offer-project.ts';

describe('the folder of offers', () => {
  it('need not be there', async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  it('has an offer in each module, whose name is that of the file; other files are ignored', async () => {
    const { offers } = await load({
      'offers/gift.ts': offerOf("placements: ['hero'],"),
      'offers/Big_gift-2.mjs': 'export default { placements: [], content: { en: {} } };',
      'offers/README.md': 'read me',
      'offers/types.d.ts': 'export type T = 1;',
    });
    expect(offers.map(({ name, offer }) => [name, offer?.name])).toEqual([
      ['Big_gift-2', 'Big_gift-2'],
      ['gift', 'gift'],
    ]);
  });

  it('may be another one', async () => {
    const { offers } = await load({
      'gateway.config.ts': configOf(`${PLACEMENTS} offers: 'campaigns/now',`),
      'campaigns/now/gift.ts': offerOf("placements: ['hero'],"),
      'offers/other.ts': 'this is no code',
    });
    expect(offers.map(({ name }) => name)).toEqual(['gift']);
  });

  it('must be there where it is named', async () => {
    expect(await problemsOf({ 'gateway.config.ts': configOf(`offers: 'campaigns',`) })).toEqual([
      expect.stringMatching(/^gateway\.config\.ts:\d+:\d+: offers: expected a folder of offers, found none: .*campaigns$/),
    ]);
  });

  it('may be replaced by another folder, for a comparison', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'gift.ts'), offerOf("placements: ['hero'],"));
    const { directory: project } = await load({ 'offers/other.ts': offerOf("placements: ['hero'],") });
    const { offers, problems } = await loadProject(join(project, 'gateway.config.ts'), undefined, directory);
    expect([offers.map(({ name, offer }) => [name, offer?.placements]), problems]).toEqual([[['gift', ['hero']]], []]);
  });

  it('with broken files gets a message for each', async () => {
    const problems = await problemsOf({
      'offers/gift.ts': offerOf("placements: ['hero'],"),
      'offers/gift.mjs': 'export default {};',
      'offers/copied.ts': 'export default defineOffer({ placements: [] });\n',
      'offers/empty.ts': 'export {};\n',
      'offers/failing.ts': '\n\nexport default (undefined as any).something;\n',
      'offers/tea time.ts': offerOf("placements: ['hero'],"),
      'offers/seven.ts': 'export default 7;\n',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^offers\/copied\.ts:1:\d+: defineOffer is not defined; is its import missing\?$/),
      'offers/empty.ts: expected an export default, found none',
      expect.stringMatching(/^offers\/failing\.ts:3:\d+: Cannot read properties of undefined/),
      // The first file of a name counts.
      'offers/gift.mjs: placements: expected a list, received nothing',
      expect.stringMatching(/^offers\/gift\.mjs: content: expected contents by language, .*, received nothing$/),
      'offers/gift.ts: expected one file for each offer, received another one for gift',
      'offers/seven.ts: export default: expected object, received 7',
      'offers/tea time.ts: expected a file name of 1 to 100 letters, digits, - and _ before the extension, received "tea time"',
    ]);
  });

  it('is no folder where a file has its name', async () => {
    const config = configOf(`${PLACEMENTS} offers: 'schema.graphql',`);
    expect(await problemsOf({ 'gateway.config.ts': config })).toEqual([
      expect.stringMatching(/schema\.graphql: expected a folder of offers, received a file$/),
    ]);
  });
});

describe('an offer', () => {
  it('with many mistakes gets a message for each, with the position of its key', async () => {
    const more = `placements: ['hero'], when: 7,\n  caps: [{ count: 3 }, { count: 'x' }],\n  colour: 'red', value: -1,\n  'starts': 'soon', channels: ['TV'],`;
    expect((await offerProblems(more)).toSorted()).toEqual([
      expect.stringMatching(/^offers\/gift\.ts:4:25: when: expected a rule in quotes, .*, received 7$/),
      expect.stringMatching(/^offers\/gift\.ts:5:26: caps\.1\.count: expected number, received "x"$/),
      expect.stringMatching(/^offers\/gift\.ts:6:18: value: expected at least 0, received -1$/),
      expect.stringMatching(/^offers\/gift\.ts:6:3: colour: expected no such option; there are placements, when, /),
      expect.stringMatching(/^offers\/gift\.ts:7:32: channels\.0: .*received "TV"$/),
    ]);
  });

  it('names placements and offers that exist', async () => {
    expect(await offerProblems("placements: ['hero', 'agnet'],\n  excludes: ['welcom', 'gift2'],")).toEqual([
      'offers/gift.ts:4:24: placements.1: expected a placement of the configuration, received "agnet"; did you mean agent?',
      'offers/gift.ts:5:14: excludes.0: expected the name of an offer (gift), received "welcom"',
      'offers/gift.ts:5:24: excludes.1: expected the name of an offer, received "gift2"; did you mean gift?',
    ]);
  });

  it('may exclude an offer whose file is broken, which is one problem', async () => {
    const files = { 'offers/gift.ts': offerOf("placements: ['hero'], excludes: ['other'],"), 'offers/other.ts': 'export {};' };
    expect(await problemsOf(files)).toEqual(['offers/other.ts: expected an export default, found none']);
  });

  it('needs a placement, or is the fallback of one', async () => {
    expect(await offerProblems('placements: [],')).toEqual([
      'offers/gift.ts:4:3: placements: expected at least one placement, or a placement whose fallback is gift; received none',
    ]);
    const config = configOf("placements: { hero: { fallback: 'gift' } },");
    expect(await problemsOf({ 'gateway.config.ts': config, 'offers/gift.ts': offerOf('placements: [],') })).toEqual([]);
  });

  it('needs a placement in the configuration', async () => {
    const files = { 'gateway.config.ts': configOf(''), 'offers/gift.ts': offerOf("placements: ['hero'],") };
    expect(await problemsOf(files)).toEqual([
      'offers/gift.ts:4:16: placements.0: expected a placement of the configuration (there is none), received "hero"',
    ]);
  });
});

describe('placements, audiences and decisions', () => {
  it.each<[string, ...(string | RegExp)[]]>([
    [
      "placements: { hero: { fallback: 'wellcome' } },",
      'gateway.config.ts:4:25: placements.hero.fallback: expected the name of an offer, received "wellcome"; did you mean welcome?',
    ],
    ["placements: { 'home hero': {} },", /placements\.home hero: expected 1 to 100 letters, digits, - and _/],
    ['placements: { hero: { slots: 0 } },', /placements\.hero\.slots: expected at least 1, received 0/],
    ['placements: { hero: { slots: 201 } },', /placements\.hero\.slots: expected at most 200, received 201/],
    ["placements: { hero: { sticky: 'long' } },", /sticky: expected a duration such as '1h', of at most '29d', received "long"/],
    [
      "placements: { hero: { sticky: '2d' } }, retention: { decisions: '1d' },",
      /placements\.hero\.sticky: expected at most the time of retention\.decisions, received "2d"/,
    ],
    // The tokens of a kept choice are valid for 30 days from its decision.
    ["placements: { hero: { sticky: '30d' } },", /sticky: expected a duration such as '1h', of at most '29d', received "30d"/],
    ["placements: { hero: { min: 'PROVEN' } },", /placements\.hero\.min: expected one of ANONYMOUS, .*, received "PROVEN"/],
    ["placements: { hero: { viewers: ['BOSS'] } },", /placements\.hero\.viewers\.0: expected one of CUSTOMER, .*, received "BOSS"/],
    ['placements: { hero: { viewers: [] } },', /placements\.hero\.viewers: expected a list that is not empty, received an empty list/],
    [
      'placements: { hero: { slot: 1 } },',
      /placements\.hero\.slot: expected no such option; there are slots, fallback, sticky, min, viewers/,
    ],
    ["audiences: { 'the loyal': 'true' },", /audiences\.the loyal: expected 1 to 100 letters, digits, - and _/],
    ['audiences: { loyal: 7 },', /audiences\.loyal: expected string, received 7/],
    ['decisions: { control: 2 },', /decisions\.control: expected at most 1, received 2/],
    ["decisions: { halfLife: '0d' },", /decisions\.halfLife: expected a duration such as '30d', received "0d"/],
    ['decisions: { minimumEvidence: -1 },', /decisions\.minimumEvidence: expected at least 0, received -1/],
    ["retention: { decisions: 'always' },", /retention\.decisions: expected a duration such as '1y', received "always"/],
  ])('%s', async (config, ...messages) => {
    const files = { 'gateway.config.ts': configOf(config.startsWith('placements') ? config : `${PLACEMENTS} ${config}`) };
    const fallback = 'export default { placements: [], content: { en: {} } };';
    const problems = await problemsOf({ ...files, 'offers/welcome.ts': fallback });
    const expected = messages.map((message) => (typeof message === 'string' ? message : expect.stringMatching(message)));
    expect(problems.filter((problem) => !problem.includes('whose fallback is welcome'))).toEqual(expected);
  });

  it('have these defaults', async () => {
    const { config } = await load({ 'gateway.config.ts': configOf('placements: { hero: {} },') });
    expect(config?.placements.get('hero')).toEqual({
      name: 'hero',
      slots: 1,
      fallback: null,
      sticky: null,
      min: 'RECOGNIZED',
      viewers: null,
    });
    expect(config?.decisions).toEqual({
      control: 0,
      exploration: 0.05,
      halfLife: 30 * 86_400_000,
      minimumEvidence: 20,
      rank: 'propensity * value * priority',
    });
    expect(config?.retention).toEqual({ decisions: 365 * 86_400_000 });
  });
});

describe('warnings', () => {
  const warningsOf = async (files: Files) => (await compiled(files)).warnings.map(shown).filter((line) => !line.includes('identifiers'));

  it('name an offer that ended, and a placement that shows nothing', async () => {
    const ended = offerOf("placements: ['hero'],\n  ends: '2020-12-24',");
    expect((await warningsOf({ 'offers/gift.ts': ended })).toSorted()).toEqual([
      'gateway.config.ts:4:17: placements.hero: no offer that has not ended names this placement, and it has no fallback: it shows nothing',
      'gateway.config.ts:4:45: placements.agent: no offer that has not ended names this placement, and it has no fallback: it shows nothing',
      'offers/gift.ts:5:3: ends: the offer ended at 2020-12-25T00:00:00.000Z, so no placement shows it any more; remove the file, or change ends',
    ]);
  });

  it('are not given for a fallback that ended, whose dates do not count', async () => {
    const files = {
      'gateway.config.ts': configOf("placements: { hero: { fallback: 'gift' } },"),
      'offers/gift.ts': offerOf("placements: [],\n  ends: '2020-12-24',"),
    };
    expect(await warningsOf(files)).toEqual([]);
  });
});
