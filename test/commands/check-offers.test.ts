import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const source =
  "import { defineAdapter } from 'customer-profile-gateway';\nexport default defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => null) });\n";
const offer = (placements: readonly string[], when?: string) =>
  `export default { placements: ${JSON.stringify(placements)}, ${when === undefined ? '' : `when: '${when}', `}content: { en: {} } };\n`;

const PROJECT = {
  'gateway.config.ts': `export default {
  identifiers: { crmId: { class: 'person', unique: true } },
  placements: { hero: { fallback: 'welcome', min: 'ANONYMOUS' }, agent: { viewers: ['AGENT'] } },
  audiences: { loyal: 'customer.loyalty.points > 1000', lapsed: 'journey.count("purchase", "365d") > 0 && journey.last("purchase") > 5' },
};
`,
  'schema.graphql': `type Customer {
  loyalty: Loyalty @from(source: "loyalty")
  country: String @from(source: "crm") @from(source: "loyalty")
  store: String @from(source: "captured")
  risk: String @from(source: "crm") @access(roles: [AGENT])
}
type Loyalty { points: Int }
`,
  'datasources/crm.ts': source,
  'datasources/loyalty.ts': source,
  'offers/welcome.ts': offer([]),
  'offers/free-delivery.ts': offer(['hero', 'agent'], 'customer.loyalty.points > 5 && journey.count("purchase", "36h") == 0'),
  'offers/local.ts': offer(['hero'], 'customer.country == "GB" || customer.store == "Leeds" || attributes.size > 3'),
  'offers/for-all.ts': offer(['hero']),
  'offers/on-the-web.ts': offer(['hero'], 'channel == "WEB"'),
  'offers/lapsed.ts': offer(['agent'], 'audience("lapsed") && customer.risk == "LOW"'),
};

async function check(files: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return new Command(CLI, ['check'], { directory }).ended();
}

it('check prints what the rule of each offer and audience reads', async () => {
  const { code, stdout, stderr } = await check(PROJECT);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n').map((line) => line.trim());
  expect(lines.filter((line) => /^(hero|agent|audience)\b/.test(line))).toEqual([
    'hero: for-all is for everybody',
    'hero: free-delivery reads loyalty, journey(purchase, 36h)',
    'hero: local reads crm, loyalty, captured, attributes',
    'hero: on-the-web reads nothing of the customer',
    'hero: welcome is the fallback',
    'agent: free-delivery reads loyalty, journey(purchase, 36h)',
    'agent: lapsed reads crm, journey(purchase, 365d), journey(purchase)',
    'audience loyal reads loyalty',
    'audience lapsed reads journey(purchase, 365d), journey(purchase)',
  ]);
});

it('check lists mistakes of all offers, audiences and the rank formula at once, each with its line', async () => {
  const { code, stderr } = await check({
    ...PROJECT,
    'gateway.config.ts': PROJECT['gateway.config.ts']
      .replace('points > 1000', 'pionts > 1000 && customer.risk == "LOW"')
      .replace('\n};', "\n  decisions: { rank: 'propensity * vlaue' },\n};"),
    'offers/broken.ts': 'export default {\n  a: 1,\n  b: }\n',
    'offers/risky.ts': offer(['hero'], 'customer.risk == "HIGH"').replaceAll(', ', ',\n'),
    'offers/wrong-type.ts': offer(['hero'], 'customer.country'),
    'offers/not-cel.ts': offer(['agent'], 'customer.country == == "GB"'),
    'offers/no-such-audience.ts': offer(['agent'], 'audience("loyale")'),
    'offers/nowhere.ts': offer(['heor']),
    'offers/for-loyal.ts': offer(['hero'], 'audience("loyal")'),
  });
  expect(code).toBe(1);
  const problems = stderr
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const expected of [
    /^gateway\.config\.ts:4:\d+: audiences\.loyal: .*pionts.*did you mean points\?/,
    /^gateway\.config\.ts:4:\d+: audiences\.loyal: .*customer\.risk: it is for AGENT/,
    /^gateway\.config\.ts:5:\d+: decisions\.rank: .*vlaue/,
    /^offers\/broken\.ts:3:6: syntax error: /,
    /^offers\/risky\.ts:2:\d+: when: .*customer\.risk/,
    /^offers\/wrong-type\.ts:1:\d+: when: /,
    /^offers\/not-cel\.ts:1:\d+: when: /,
    /^offers\/no-such-audience\.ts:1:\d+: when: .*loyale.*did you mean loyal\?/,
    /^offers\/nowhere\.ts:1:31: placements\.0: expected a placement of the configuration, received "heor"; did you mean hero\?/,
  ]) {
    expect(problems).toContainEqual(expect.stringMatching(expected));
  }
  // Each is said once, also that of an audience that an offer's rule names.
  expect(problems).toHaveLength(9);
});
