import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';

const IDENTIFIERS = { crmId: { class: 'person', unique: true } };
const PLACEMENTS = { home: {}, agent: { viewers: ['AGENT', 'SERVICE'] }, later: { viewers: ['AGENT'] } };
const TOUCHPOINTS = {
  web: { channel: 'WEB' },
  desk: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
  admins: { channel: 'OTHER', viewers: ['ADMIN'] },
};

function parse(more: object) {
  const problems: string[] = [];
  const input = { identifiers: IDENTIFIERS, placements: PLACEMENTS, touchpoints: TOUCHPOINTS, ...more };
  const config = parseConfig('gateway.config.ts', input, ({ where, message }) => problems.push(`${where}: ${message}`));
  return { config, problems };
}

it('shows the offers of the first placement for agents, as the first touchpoint for agents, when nothing is said', () => {
  expect(parse({}).config?.agentDesktop).toEqual({
    embedders: [],
    scope: 'openid',
    methods: ['Security questions', 'One-time code', 'Called back on the known number'],
    outcomes: ['Solved', 'Follow up', 'Call back'],
    examples: [],
    placement: 'agent',
    touchpoint: 'desk',
    name: 'name',
  });
  expect(parse({ placements: {}, touchpoints: {} }).config?.agentDesktop).toMatchObject({ placement: null, touchpoint: null });
});

it('takes what is said, and null for none', () => {
  expect(parse({ agentDesktop: { placement: 'home', touchpoint: 'web' } }).config?.agentDesktop).toMatchObject({
    placement: 'home',
    touchpoint: 'web',
  });
  expect(parse({ agentDesktop: { placement: null, touchpoint: null } }).config?.agentDesktop).toMatchObject({
    placement: null,
    touchpoint: null,
  });
});

it('lists everything that contradicts the rest of the configuration', () => {
  const { config, problems } = parse({ agentDesktop: { placement: 'hero', touchpoint: 'admins', clientId: 'desktop' } });
  expect(config).toBeNull();
  expect(problems).toEqual([
    'gateway.config.ts: agentDesktop.placement: expected a placement (home, agent, later), received "hero"',
    'gateway.config.ts: agentDesktop.touchpoint: expected a touchpoint that AGENT may use, received "admins", whose viewers are ADMIN',
    'gateway.config.ts: agentDesktop.clientId: expected only beside viewers.issuer that is a URL, where agents sign in, received nothing',
  ]);
});

it.each([
  [
    { embedders: ['https://crm.example/desk'] },
    'agentDesktop.embedders.0: expected an origin such as https://shop.example, without a path',
  ],
  [{ embedders: ['*'] }, 'agentDesktop.embedders.0: expected an origin'],
  [{ embedders: ['ftp://crm.example'] }, 'agentDesktop.embedders.0: expected an origin'],
  [{ methods: [] }, 'agentDesktop.methods: expected'],
  [{ methods: [' '] }, 'agentDesktop.methods.0: expected'],
  [{ outcomes: Array.from({ length: 21 }, (_, at) => `${at}`) }, 'agentDesktop.outcomes: expected'],
  [{ scope: 'openid  profile' }, 'agentDesktop.scope: expected scopes separated by single spaces'],
  [{ scope: 'profile' }, 'agentDesktop.scope: expected openid among the scopes'],
  [{ embeder: [] }, 'agentDesktop'],
  [{ clientId: '' }, 'agentDesktop.clientId: expected'],
])('refuses %j', (agentDesktop, message) => {
  const { config, problems } = parse({ agentDesktop });
  expect(config).toBeNull();
  expect(problems).toEqual([expect.stringContaining(message)]);
});
