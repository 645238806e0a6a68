import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { serve } from '../support/services.ts';

/** A new project as `init` writes it. @returns its folder. */
async function newProject(): Promise<string> {
  const directory = join(temporaryDirectory(), 'project');
  expect((await new Command(CLI, ['init', directory]).ended()).code).toBe(0);
  return directory;
}
const run = (args: readonly string[], directory?: string) => new Command(CLI, args, directory === undefined ? {} : { directory }).ended();

it('init writes a project that is right, answers, and lets itself be ended', async () => {
  const directory = await newProject();
  expect(await run(['check'], directory)).toMatchObject({ code: 0, stdout: expect.stringContaining('customers') });
  const gateway = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory });
  const url = await gateway.says(GATEWAY_URL);
  const token = (await run(['token', '--role', 'CUSTOMER', '--subject', '1'], directory)).stdout.trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ customer { name displayName assurance } }' }),
  });
  expect(await response.json()).toEqual({
    data: { customer: { name: 'Ada Lovelace', displayName: 'Ada Lovelace (United Kingdom)', assurance: 'VERIFIED' } },
  });
  expect(readFileSync(join(directory, 'README.md'), 'utf8')).toContain('http://localhost:4000/agent.');
  const signedIn = await fetch(`${url}/agent/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent: 'tom-hale' }),
  });
  const agent = (await signedIn.json()) as { token: string };
  const layout = await fetch(`${url}/agent/profile.json`, { headers: { authorization: `Bearer ${agent.token}` } });
  expect(await layout.json()).toMatchObject({ touchpoint: 'callCentre' });
  const found = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.token}` },
    body: JSON.stringify({ query: '{ findCustomers(value: "Ada") { name } }' }),
  });
  expect(await found.json()).toMatchObject({
    data: { findCustomers: [{ name: 'Ada Lovelace' }] },
    extensions: { foundBy: [{ source: expect.any(String) }] },
  });
  // As Ctrl-C in a terminal does, where npm passes on the signal that the gateway got already.
  gateway.signal('SIGINT');
  gateway.signal('SIGINT');
  expect((await gateway.ended()).code).toBe(0);
  // Without `exec` the shell that npm starts would get npm's signal, and leave the gateway running.
  const { scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  expect([scripts.start, scripts.dev]).toEqual(['exec customer-profile-gateway start', 'exec customer-profile-gateway dev']);
});

it('init refuses a folder that holds something', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'mine.txt'), 'mine');
  const { code, stderr } = await run(['init', directory]);
  expect(code).toBe(1);
  expect(stderr).toBe(`init: expected an empty folder or none, ${directory} holds mine.txt\n`);
  expect(readdirSync(directory)).toEqual(['mine.txt']);
});

it('init . writes into the present folder, which may be a new repository, and says what comes next', async () => {
  const directory = join(temporaryDirectory(), '_My Shop.v2');
  mkdirSync(join(directory, '.git'), { recursive: true });
  const { code, stdout } = await run(['init', '.'], directory);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `A project is in ${realpathSync(directory)}. Next:\n  npm install\n  npm start\nIts README.md says how to go on.\n`,
  });
  expect(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).name).toBe('my-shop-v2');
});

it("init's project from a checkout is checked against the checkout's types", async () => {
  const directory = await newProject();
  mkdirSync(join(directory, 'node_modules', '@types'), { recursive: true });
  symlinkSync(resolve('.'), join(directory, 'node_modules', 'customer-profile-gateway'));
  symlinkSync(resolve('node_modules/@types/node'), join(directory, 'node_modules', '@types', 'node'));
  const tsc = spawnSync(resolve('node_modules/.bin/tsc'), { cwd: directory, encoding: 'utf8' });
  expect(tsc).toMatchObject({ stdout: '', status: 0 });
});

it.each(['--version', '-V', 'version'])('%s prints the version', async (way) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await run([way])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('says of each argument that can not be meant what is wrong with it, in one sentence, and ends with 1', async () => {
  const directory = await newProject();
  const gateway = 'customer-profile-gateway: ';
  const port = "option '--port <n>'";
  const cases: readonly (readonly [string, string, Record<string, string>?])[] = [
    ['chek', `${gateway}unknown command 'chek'. Did you mean check?`],
    ['start --prot 3', `${gateway}unknown option '--prot'. Did you mean --port?`],
    ['start here', `${gateway}too many arguments for 'start'. Expected 0 arguments but got 1.`],
    ['start --port abc', `${gateway}${port} argument 'abc' is invalid: expected a number from 0 to 65535`],
    ['dev --port 99999', `${gateway}${port} argument '99999' is invalid: expected a number from 0 to 65535`],
    ['start --port 0x50', `${gateway}${port} argument '0x50' is invalid: expected a number from 0 to 65535`],
    ['start --port=', `${gateway}${port} argument '' is invalid: expected a number from 0 to 65535`],
    ['start', `${gateway}${port} value '80 80' from env 'PORT' is invalid: expected a number from 0 to 65535`, { PORT: '80 80' }],
    ['start --port 0', 'LOG_LEVEL: expected one of silent, fatal, error, warn, info, debug, trace, received "loud"', { LOG_LEVEL: 'loud' }],
    ['start --port 0 --host 203.0.113.7', '--host: expected a name or an address of this machine, 203.0.113.7 is none (EADDRNOTAVAIL)'],
    ['token', `${gateway}required option '--role <role>' not specified`],
    ['init', `${gateway}missing required argument 'dir'; --help lists the arguments`],
    ['offers', `${gateway}missing required argument 'what'; --help lists the arguments`],
    [
      'import orders a.csv',
      `${gateway}command-argument value 'orders' is invalid for argument 'kind': expected interactions or identifiers`,
    ],
    ['init /proc/x/y', 'init: expected a folder that can be written to, /proc/x/y is none (ENOENT)'],
  ];
  await Promise.all(
    cases.map(async ([line, sentence, variables]) => {
      const ended = await new Command(CLI, line.split(' '), { directory, variables }).ended();
      expect([line, ended]).toEqual([line, { code: 1, stdout: '', stderr: `${sentence}\n` }]);
    }),
  );
});

it('takes an empty PORT and an empty LOG_LEVEL for none', async () => {
  const directory = await newProject();
  // The configuration is missing, which is found after the arguments were read.
  const args = ['start', '--config', 'missing.ts'];
  const { stderr } = await new Command(CLI, args, { directory, variables: { PORT: '', LOG_LEVEL: '' } }).ended();
  expect(stderr).toMatch(/^1 problem; nothing was started\n {2}missing\.ts: expected a file here/);
});

it('prints help, of a command as well, which says the variables that count', async () => {
  const all = await run(['--help']);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  for (const name of ['start', 'dev', 'check', 'schema', 'token', 'simulate', 'import', 'init', 'version', 'help'])
    expect(all.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
  for (const args of [
    ['help', 'start'],
    ['start', '--help'],
  ])
    expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('PORT') });
  // Without a command nothing was done.
  expect(await run([])).toMatchObject({ code: 1, stdout: '', stderr: all.stdout });
});

it('says what was expected of an argument that can not be meant', async () => {
  const directory = await newProject();
  const stderrOf = async (args: readonly string[], variables?: Record<string, string>) => {
    const { code, stderr } = await new Command(CLI, args, { directory, variables }).ended();
    expect(code).toBe(1);
    return stderr;
  };
  expect(await stderrOf(['init', 'customers.csv'])).toBe('init: expected an empty folder or none, customers.csv is a file\n');
  expect(await stderrOf(['token', '--role', 'AGENT', '--subject', ' '])).toBe('--subject: expected a text, received an empty one\n');
  expect(await stderrOf(['token', '--role', 'AGENT,CHIEF', '--subject', '1'])).toBe(
    "customer-profile-gateway: option '--role <role>' argument 'AGENT,CHIEF' is invalid: expected roles out of CUSTOMER, AGENT, SERVICE, ADMIN\n",
  );
  expect(await stderrOf(['token', '--role', 'AGENT', '--subject', '1', '--expires', 'soon'])).toBe(
    '--expires: expected a duration such as 8h, received "soon"\n',
  );
  expect(await stderrOf(['simulate', '.'])).toBe('simulate: expected a file, NDJSON or CSV; . is a folder\n');
  writeFileSync(join(directory, 'events.csv'), Buffer.from('\ufeffcrmId\n1\n', 'utf16le'));
  expect(await stderrOf(['simulate', 'events.csv'])).toContain('iconv -f utf-16');
  expect(await stderrOf(['check', '--identifier', 'toString=1'])).toContain('expected TYPE=VALUE with a type of crmId');
  expect(await stderrOf(['start'], { PORT: 'http' })).toContain('expected a number from 0 to 65535');
});

it('start lists every mistake with its position and starts nothing', async () => {
  const directory = await newProject();
  mkdirSync(join(directory, 'datasources'), { recursive: true });
  writeFileSync(
    join(directory, 'schema.graphql'),
    `type Customer {
  a: String! @from(source: "customers")
  b: String @from(source: "nowhere")
  c: String @access(min: PROVEN)
  d: Nothing
  e: [Order!] @from(source: "customers", key: "orderId")
}
type Order { id: ID! @from(source: "customers", key: "nope") }
`,
  );
  writeFileSync(
    join(directory, 'gateway.config.ts'),
    `import { cookie, defineGateway } from 'customer-profile-gateway';
export default defineGateway({
  identifiers: { crmId: { class: 'human', capture: [cookie('')] }, email: { class: 'person', normalize: 'post' } },
  touchpoints: { web: { channel: 'FAX' } },
  store: 'mongodb://x',
  limits: { depth: -1 },
  colour: 'red',
} as never);
`,
  );
  const { code, stdout, stderr } = await run(['start', '--port', '0'], directory);
  expect(code).toBe(1);
  expect(stdout).not.toMatch(GATEWAY_URL);
  for (const position of ['schema.graphql:2', 'schema.graphql:3', 'schema.graphql:4', 'schema.graphql:5'])
    expect(stderr).toContain(position);
  for (const path of ['crmId.class', 'touchpoints.web.channel', 'store', 'limits.depth', 'colour']) expect(stderr).toContain(path);
});

it.skipIf(!hasIpv6())('start prints an address of version 6 as a URL that works', async () => {
  const gateway = new Command(CLI, ['start', '--port', '0', '--host', '::1'], { directory: await newProject() });
  const url = await gateway.says(/GraphQL +(\S+)/);
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/graphql$/);
  const body = JSON.stringify({ query: '{ customer { assurance } }' });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await answer.json()).toEqual({ data: { customer: { assurance: 'ANONYMOUS' } } });
  // It is this machine, which has no certificate.
  expect(answer.headers.get('set-cookie')).not.toMatch(/Secure/);
  expect(await gateway.says(/(http.*)\/metrics/)).toBe(url.replace('/graphql', ''));
});

it('start says which port is taken', async () => {
  const { port } = new URL(await serve((_, response) => response.end()));
  const { code, stderr } = await run(['start', '--port', port, '--host', '127.0.0.1'], await newProject());
  expect(code).toBe(1);
  expect(stderr).toContain(port);
});

it('schema prints the public schema, without a trace of where fields come from', async () => {
  const { code, stdout } = await run(['schema']);
  expect(code).toBe(0);
  expect(stdout).toContain('type Customer implements Node');
  expect(stdout).not.toMatch(/@from|@access|directive @(from|access)/);
});

it('check names the back end that is not there', async () => {
  const directory = await newProject();
  writeFileSync(
    join(directory, 'datasources', 'customers.ts'),
    `import { sqlAdapter } from 'customer-profile-gateway';
export default sqlAdapter({ url: 'sqlite:/nowhere/at/all.db', key: 'crmId', match: 'id', query: 'select id, name, country from c where id in ($keys)' });
`,
  );
  const { code, stdout } = await run(['check'], directory);
  expect(code).toBe(1);
  expect(stdout).toMatch(/customers .*cannot be reached/);
});

it('check --identifier shows what each back end answers for a customer, how long it takes, and what is wrong', async () => {
  const directory = await newProject();
  const write = (name: string, adapter: string) =>
    writeFileSync(
      join(directory, 'datasources', `${name}.ts`),
      `import * as gateway from 'customer-profile-gateway';\nexport default ${adapter};\n`,
    );
  const patient = `policy: { timeout: '60s' }`;
  const url = await serve((_, response) => response.end('<html>'));
  write('orders', `gateway.httpAdapter({ baseUrl: '${url}', key: 'crmId', batch: '/orders?ids={keys}', match: 'id', ${patient} })`);
  const every = await serve((_, response) => response.end(JSON.stringify([9, 8, 1, 7].map((id) => ({ id, town: `P${id}` })))));
  write('towns', `gateway.httpAdapter({ baseUrl: '${every}', key: 'crmId', batch: '/towns?ids={keys}', match: 'id', ${patient} })`);
  const folded = await serve((_, response) => response.end('[{"customerid":1}]'));
  write('folded', `gateway.httpAdapter({ baseUrl: '${folded}', key: 'crmId', batch: '/?ids={keys}', match: 'customerId', ${patient} })`);
  write('points', `gateway.defineAdapter({ key: 'crmId', load: async () => [{}, {}] })`);
  write('products', `gateway.fileAdapter({ path: 'customers.csv', match: 'id' })`);
  // Keyed in the schema only.
  write('nicknames', `gateway.defineAdapter({ load: async (keys) => keys.map((key) => ({ nickname: 'N' + key })) })`);
  const schema = join(directory, 'schema.graphql');
  writeFileSync(
    schema,
    readFileSync(schema, 'utf8').replace('type Customer {', 'type Customer { nickname: String @from(source: "nicknames", key: "crmId")'),
  );
  const { code, stdout } = await run(['check', '--identifier', 'crmId=1'], directory);
  expect(code).toBe(1);
  expect(stdout).toMatch(/customers \(fileAdapter\): answered in \d+ ms\n\s+\{\n\s+"id": "1",\n\s+"name": "Ada Lovelace"/);
  expect(stdout).toMatch(/nicknames \(defineAdapter\): answered in \d+ ms\n\s+\{\n\s+"nickname": "N1"/);
  expect(stdout).toMatch(/orders \(httpAdapter\): SOURCE_INVALID, \d+ ms: .*the answer is not JSON/);
  expect(stdout).toMatch(
    /towns \(httpAdapter\): answered in \d+ ms\n[^}]+"town": "P1"\n\s+\}\n\s+3 of 4 rows that came were asked for by no key/,
  );
  expect(stdout).toMatch(/folded \(httpAdapter\): SOURCE_INVALID, \d+ ms: .*the fields that came: customerid; set match: 'customerid'/);
  expect(stdout).toMatch(/points \(defineAdapter\): SOURCE_INVALID, \d+ ms: .*expected 1, received 2/);
  expect(stdout).toMatch(/products \(fileAdapter\): reached, \d+ ms; not asked, since it is asked by the key of a field/);
});

it.each([
  ['{}', /^Agents .*\(the agent desktop: (nobody can sign in without agentDesktop\.clientId)\)$/m],
  ["{ embedders: ['https://crm.example'] }", /^Agents .*\(the agent desktop, (in pages of agentDesktop\.embedders alone)\)$/m],
])('says at a start in production that agents can not sign in by themselves, with agentDesktop: %s', async (agentDesktop, line) => {
  const directory = await newProject();
  const placements = "{ 'home-hero': { slots: 1 } }";
  const config = `export default { placements: ${placements}, identifiers: { crmId: { class: 'person' } }, agentDesktop: ${agentDesktop} };`;
  writeFileSync(join(directory, 'gateway.config.ts'), config);
  const variables = { NODE_ENV: 'production', GATEWAY_SECRET: 'a-secret-of-at-least-32-characters!' };
  const command = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory, variables });
  await command.says(line);
  expect((await command.stop()).code).toBe(0);
});

it('makes no token in production', async () => {
  const variables = { NODE_ENV: 'production', GATEWAY_SECRET: 'a-secret-of-at-least-32-characters!' };
  const { code, stdout } = await new Command(CLI, ['token', '--role', 'AGENT', '--subject', 'x'], { variables }).ended();
  expect(code).toBe(1);
  expect(stdout).not.toContain('eyJ');
});

it('simulate prints the customers that a file of events gives, each with why, and touches no store', async () => {
  const directory = await newProject();
  const events = [
    { identifiers: { visitorId: 'c1' }, occurredAt: '2026-01-05T10:00:00Z', source: 'web' },
    { identifiers: { visitorId: 'c1', crmId: 1 }, occurredAt: '2026-01-05T10:05:00Z', source: 'login' },
    {
      identifiers: [
        { type: 'crmId', value: '2' },
        { type: 'visitorId', value: 'c1' },
      ],
      occurredAt: '2026-01-05T11:00:00Z',
      source: 'login',
    },
    { identifiers: { email: ['guest', 'no-address'], shoe: '44' } },
  ];
  writeFileSync(join(directory, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const { code, stdout, stderr } = await run(['simulate', 'events.ndjson'], directory);
  expect(stdout).toContain('4 events, 2 customers');
  expect(stdout).toContain('2026-01-05 10:05:00  visitorId c1, crmId 1 were seen together: crmId 1 was linked [login]');
  expect(stderr).toContain('line 3: visitorId c1 moved');
  expect(stderr).toContain('line 4: email "guest": BLOCKED_VALUE, what systems write in place of a value');
  expect(stderr).toContain('line 4: shoe "44": UNKNOWN_TYPE');
  expect(code).toBe(0);
  expect(existsSync(join(directory, '.data'))).toBe(false);

  const one = (await run(['simulate', 'events.ndjson', '--explain', 'visitorId=c1'], directory)).stdout;
  expect(one.match(/^customer /gm)).toHaveLength(1);
  expect(one).toContain('the latest evidence won');
  const id = /^customer (\S+)/m.exec(one)?.[1] as string;
  expect((await run(['simulate', 'events.ndjson', '--explain', id], directory)).stdout).toBe(one);
  const dot = (await run(['simulate', 'events.ndjson', '--dot'], directory)).stdout;
  expect(dot).toContain('"crmId:2" -- "visitorId:c1" [label="1"];');
  expect(dot).toContain('"crmId:1" -- "visitorId:c1" [label="1", style=dashed, color=red];');
});

it.each(['gateway.config.ts', './gateway.config.ts', 'absolute'])(
  'simulate shows what is wrong with the configuration %s',
  async (given) => {
    const directory = await newProject();
    const path = join(directory, 'gateway.config.ts');
    writeFileSync(path, readFileSync(path, 'utf8').replace("class: 'person'", "class: 'human'"));
    // What simulate does not read may be broken.
    writeFileSync(join(directory, 'schema.graphql'), 'type');
    const { code, stderr } = await run(['simulate', 'events.ndjson', '--config', given === 'absolute' ? path : given], directory);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^1 problem; nothing was started\n {2}gateway\.config\.ts:6:14: identifiers\.crmId\.class: expected /);
  },
);

/** What a start of the server loads. */
const SERVER = ['@apollo/server', '@as-integrations/fastify', 'fastify', 'prom-client', 'pino', 'graphql-ws', 'ioredis', 'pg', 'mysql2'];

/** The packages that a program of ours loads; it has to end with 0. */
async function packagesLoadedBy(script: string, args: readonly string[], directory: string): Promise<Set<string | undefined>> {
  const hook = join(directory, 'list-modules.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { process.stderr.write(\`loads \${url}\\n\`); return next(url, context); } });`,
  );
  const { code, stderr } = await new Command(script, args, { directory, variables: { NODE_OPTIONS: `--import=${hook}` } }).ended();
  expect(code).toBe(0);
  return new Set([...stderr.matchAll(/loads .*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name));
}

it.each([
  ['schema'],
  ['token', '--role', 'AGENT', '--subject', 'ada'],
  ['check'],
  ['simulate', 'events.ndjson'],
  ['import', 'identifiers', 'events.ndjson'],
  ['--help'],
])('%s loads no server', async (...args) => {
  const directory = await newProject();
  writeFileSync(join(directory, 'events.ndjson'), '{"identifiers":[{"type":"crmId","value":"1"}]}\n');
  const packages = await packagesLoadedBy(CLI, args, directory);
  expect(packages).toContain('commander');
  for (const name of SERVER) expect(packages).not.toContain(name);
});

it('the public door loads no server', async () => {
  const packages = await packagesLoadedBy('src/index.ts', [], temporaryDirectory());
  expect(packages).toContain('zod');
  for (const name of SERVER) expect(packages).not.toContain(name);
});

it('simulate reads CSV, and says what it can not read', async () => {
  const directory = await newProject();
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  write('events.csv', 'crmId,email,occurredAt\n1,Ada@x.io,2026-01-05\n1,ada@x.io,\n2,,yesterday\n');
  const { code, stdout, stderr } = await run(['simulate', 'events.csv'], directory);
  expect(stdout).toContain('3 events, 1 customer\n');
  expect(stderr).toContain('line 4: occurredAt:');
  expect(code).toBe(1);
  write('wrong.csv', 'crm,email\n1,ada@x.io\n');
  expect(await run(['simulate', 'wrong.csv'], directory)).toMatchObject({
    code: 1,
    stderr:
      'wrong.csv: expected columns out of crmId, email, visitorId, occurredAt, eventId, source, with at least one identifier type; received crm, email\n',
  });
  write('broken.ndjson', 'nonsense\n{"identifiers":{"crmId":"1"}}\n{"identifier":{}}\n');
  const broken = await run(['simulate', 'broken.ndjson'], directory);
  expect(broken.stdout).toContain('3 events, 1 customer\n');
  expect(broken.stderr).toContain('lines that could not be read: 2');
  expect((await run(['simulate', 'nothing.csv'], directory)).stderr).toContain('there is none at nothing.csv');
  expect((await run(['simulate', 'broken.ndjson', '--explain', 'crmId=9'], directory)).stderr).toContain('nobody is crmId=9');
});

it('check warns of a configuration that is known to hurt', async () => {
  const directory = await newProject();
  writeFileSync(
    join(directory, 'gateway.config.ts'),
    `import { defineGateway, issuedCookie, urlParameter } from 'customer-profile-gateway';
export default defineGateway({ identifiers: {
  visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
  crmId: { class: 'person', capture: [urlParameter('cid')] },
  email: { class: 'person', limit: 2 },
}, documents: { only: true }, placements: { 'home-hero': {} } });`,
  );
  const { code, stdout } = await run(['check'], directory);
  expect(code).toBe(0);
  expect(stdout).toContain('warning: gateway.config.ts: identifiers: no type is unique');
  expect(stdout).toContain('warning: gateway.config.ts: identifiers.visitorId: a cookie stands before crmId');
  expect(stdout).toContain("warning: gateway.config.ts: identifiers.email: without normalize: 'email'");
  expect(stdout).toContain(
    "warning: gateway.config.ts: documents.only: no document is trusted without documents.file but the agent desktop's",
  );
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}

it('ends without a stack where nobody reads what it prints any more', async () => {
  const child = spawn(process.execPath, [CLI, 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  expect([code, stderr]).toEqual([141, '']);
});
