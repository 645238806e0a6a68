import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Command, GATEWAY_URL } from '../support/command.ts';

const NAME = 'customer-profile-gateway';
const NODE_MODULES = resolve('node_modules');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  engines: { node: string };
  dependencies: Record<string, string>;
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code is. */
function run(program: string, args: readonly string[], directory = '.', variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = { ...process.env, NODE_ENV: 'development', PORT: undefined, npm_config_offline: 'true', ...variables };
  return new Promise((done) => {
    execFile(program, args, { cwd: directory, env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** Links packages of the repository into another folder's node_modules, each at its name. */
function link(names: readonly string[], into: string): void {
  for (const name of names) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    symlinkSync(join(NODE_MODULES, name), join(into, name));
  }
}

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-package-'));
  const home = join(folder, 'home');
  const shop = join(home, 'shop');
  const installed = join(home, 'node_modules', NAME);
  let tarball = '';
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    const build = await run(process.execPath, ['scripts/build.ts', join(folder, 'dist')]);
    expect(build, build.stdout + build.stderr).toMatchObject({ code: 0 });
    const packed = await run('npm', ['pack', join(folder, 'dist'), '--pack-destination', folder, '--loglevel=error']);
    expect(packed).toMatchObject({ code: 0 });
    tarball = join(folder, packed.stdout.trim());
    // What `npm install TARBALL` does, without asking a registry: only packages that the package itself names are there.
    mkdirSync(join(home, 'node_modules', '.bin'), { recursive: true });
    mkdirSync(installed);
    expect(await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])).toMatchObject({ code: 0 });
    const { dependencies, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    link(Object.keys(dependencies), join(home, 'node_modules'));
    symlinkSync(join('..', NAME, bin[NAME]), join(home, 'node_modules', '.bin', NAME));
    symlinkSync(process.execPath, join(home, 'node_modules', '.bin', 'node'));

    const init = await run('npx', [NAME, 'init', 'shop'], home);
    expect(init, init.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('npm install') });
    // The project's own development dependencies, and what is installed already.
    const { devDependencies } = JSON.parse(readFileSync(join(shop, 'package.json'), 'utf8'));
    link(
      Object.keys(devDependencies).filter((name) => name !== 'node'),
      join(home, 'node_modules'),
    );
    link(
      ['@typescript', 'undici-types'].filter((name) => readdirSync(NODE_MODULES).includes(name)),
      join(home, 'node_modules'),
    );
    symlinkSync(join('..', 'node_modules'), join(shop, 'node_modules'));
  });

  it('says its version', async () => {
    for (const way of ['--version', '-V', 'version'])
      expect(await run('npx', [NAME, way], home)).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('writes a project that check finds right, and whose schema it prints', async () => {
    expect(await run('npx', [NAME, 'check'], shop)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('gateway.config.ts: configuration and schema are right'),
    });
    expect((await run('npx', [NAME, 'schema'], shop)).stdout).toContain('type Customer implements Node');
  });

  it('runs resolvers with its own graphql, also in a project that has another copy', async () => {
    const project = join(home, 'with-graphql');
    expect(await run('npx', [NAME, 'init', project], home)).toMatchObject({ code: 0 });
    cpSync(join(NODE_MODULES, 'graphql'), join(project, 'node_modules', 'graphql'), { recursive: true, dereference: true });
    writeFileSync(
      join(project, 'resolvers.ts'),
      `import { defineResolvers } from '${NAME}';
import { GraphQLScalarType } from 'graphql';
export default defineResolvers({
  Customer: { displayName: (customer) => customer.read('name') },
  Money: new GraphQLScalarType({ name: 'Money' }),
});
`,
    );
    appendFileSync(join(project, 'schema.graphql'), 'scalar Money\n');
    const check = await run('npx', [NAME, 'check'], project);
    expect(check, check.stderr).toMatchObject({ code: 0 });
  });

  it('starts by the script of that project, answers, and ends on a signal', async () => {
    const directory = shop;
    const variables = { PATH: `${join(shop, 'node_modules', '.bin')}:${process.env.PATH}` };
    const gateway = new Command(join(installed, 'command.cjs'), ['start', '--port', '0', '--host', '127.0.0.1'], { directory, variables });
    const url = await gateway.says(GATEWAY_URL);
    const token = (await run('npm', ['run', '--silent', 'token', '--', '--role', 'CUSTOMER', '--subject', '1'], shop)).stdout.trim();
    const ask = (path: string, init?: RequestInit) => fetch(url + path, init).then((response) => response.text());
    const answer = await ask('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ customer { displayName assurance } }' }),
    });
    expect(JSON.parse(answer)).toEqual({ data: { customer: { displayName: 'Ada Lovelace (United Kingdom)', assurance: 'VERIFIED' } } });
    // What is read from files of the package.
    expect(await ask('/tag.js')).toContain('interactions');
    expect(await ask('/tag-offers.js')).toContain('respondToOffer');
    expect(await ask('/graphiql', { headers: { accept: 'text/html' } })).toContain('GraphiQL');
    const desktop = await ask('/agent');
    const script = /src="(\/agent\/assets\/[\w-]+\.js)"/.exec(desktop)?.[1] ?? expect.fail(desktop);
    expect((await fetch(url + script, { headers: { 'accept-encoding': 'br' } })).headers.get('content-encoding')).toBe('br');
    const signedIn = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"agent":"tom-hale"}' };
    const agent = JSON.parse(await ask('/agent/sign-in', signedIn)).token;
    const layout = JSON.parse(await ask('/agent/profile.json', { headers: { authorization: `Bearer ${agent}` } }));
    expect(layout.facts.map(({ path }: { path: string }) => path)).toContain('displayName');
    expect((await gateway.stop()).code).toBe(0);
  });

  it('has what dev needs: it serves, and tries a change before it takes it', async () => {
    const schema = join(shop, 'schema.graphql');
    const right = readFileSync(schema, 'utf8');
    const flags = ['dev', '--port', '0', '--host', '127.0.0.1'];
    const dev = new Command(join(installed, 'command.cjs'), flags, { directory: shop });
    await dev.says(/Metrics/);
    writeFileSync(schema, `${right}type Broken { name: String @from(source: "nowhere") }\n`);
    await dev.complains(/nowhere[\s\S]*goes on as it was/);
    writeFileSync(schema, right);
    expect((await dev.stop()).code).toBe(0);
  });

  it('has types that the project is checked against', async () => {
    const tsc = (directory: string) => run(join(NODE_MODULES, '.bin', 'tsc'), ['-p', directory]);
    const right = await tsc(shop);
    expect(right, right.stdout).toMatchObject({ code: 0 });
    const wrong = join(shop, 'wrong.ts');
    writeFileSync(
      wrong,
      `import { defineGateway, sqlAdapter } from '${NAME}';
import { start } from '${NAME}/web-tag';
defineGateway({ identifiers: { crmId: { class: 'human' } }, touchpoints: {} });
sqlAdapter({ url: 1 });
start.call(1);
`,
    );
    const { code, stdout } = await tsc(shop);
    rmSync(wrong);
    expect(code).not.toBe(0);
    expect(stdout).toContain(`wrong.ts(3,`);
    expect(stdout).toContain(`wrong.ts(4,`);
  });

  it('has every file that its modules name beside themselves', () => {
    const named = globSync('**/*.js', { cwd: installed }).flatMap((module) => {
      const lines = readFileSync(join(installed, module), 'utf8').split('\n');
      const beside = lines.filter((line) => /import\.meta\.url|\bself\b/.test(line)).join('\n');
      return [...beside.matchAll(/'(\.{1,2}\/[^']*)'/g)].map(([, path]) => join(installed, dirname(module), path as string));
    });
    expect(named.length).toBeGreaterThan(4);
    // Those of a checkout are the other branch.
    for (const path of named.filter((name) => !name.endsWith('.ts'))) expect([path, existsSync(path)]).toEqual([path, true]);
  });

  it('has everything that its pages link to', () => {
    const linksOf = (page: string) => {
      const targets = [...readFileSync(join(installed, page), 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => target as string);
      return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => join(dirname(page), target));
    };
    const readme = linksOf('README.md');
    expect(readme).toEqual(expect.arrayContaining(['docs/configuration.md', 'docs/deploy.md', 'datasources/README.md']));
    const pages = ['README.md', ...globSync('{docs,datasources}/**/*.md', { cwd: installed })];
    expect(pages.length).toBeGreaterThan(20);
    const missing = pages.flatMap((page) =>
      linksOf(page)
        .filter((target) => !existsSync(join(installed, target)))
        .map((target) => [page, target]),
    );
    expect(missing).toEqual([]);
  });

  it('brings the licences of what is bundled into the agent desktop', () => {
    const licences = readFileSync(join(installed, 'agent-desktop', 'third-party-licenses.md'), 'utf8');
    const named = [...licences.matchAll(/^## (\S+) - \S+ \((.+)\)$/gm)].map(([, name, licence]) => [name, licence]);
    expect(named).toEqual(
      expect.arrayContaining([
        ['react', 'MIT'],
        ['@apollo/client', 'MIT'],
        ['react-aria-components', 'Apache-2.0'],
      ]),
    );
  });

  it('brings nothing that only the demo needs', () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { dependencies: object };
    const text = globSync('**/*.js', { cwd: installed })
      .map((module) => readFileSync(join(installed, module), 'utf8'))
      .join('\n');
    const isNamed = (name: string) => text.includes(`'${name}'`) || text.includes(`'${name}/`);
    expect(Object.keys(dependencies).filter((name) => !isNamed(name))).toEqual([]);
  });

  it('is made of dist/ only: the folder of the sources can be neither published nor packed', async () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8')).private).toBe(true);
    const { code, stderr } = await run('npm', ['pack', '--pack-destination', folder]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('run npm run pack');
  });

  it('says in one sentence which Node.js it needs', async () => {
    const needed = /\d+/.exec(manifest.engines.node)?.[0];
    const old = join(folder, 'old.cjs');
    // process.versions can't be written to, but replaced.
    writeFileSync(old, `Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });\n`);
    const { code, stdout, stderr } = await run(process.execPath, ['--require', old, join(installed, 'command.cjs'), 'start'], shop);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${NAME} needs Node.js ${needed} or later, and this is Node.js 20\\.20\\.2: .*\\n$`));
  });

  it('has a first file that Node.js of any version can read', () => {
    const source = readFileSync(join(installed, 'command.cjs'), 'utf8').replace(/\/\/.*|\/\*.*?\*\/|'[^'\n]*'/g, '');
    expect(source).not.toMatch(/=>|`|\b(const|let|import|async|class)\b|\?\.|\?\?/);
  });

  // It asks the registry, and takes a minute.
  it.runIf(process.env.TEST_REAL_INSTALL)('installs with npm, and runs', async () => {
    const real = join(folder, 'real');
    mkdirSync(real);
    const online = { npm_config_offline: 'false' };
    const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball];
    expect(await run('npm', install, real, online)).toMatchObject({ code: 0 });
    expect(await run('npx', [NAME, 'init', 'shop'], real)).toMatchObject({ code: 0 });
    expect(await run('npm', install, join(real, 'shop'), online)).toMatchObject({ code: 0 });
    for (const script of ['check', 'typecheck']) {
      const ended = await run('npm', ['run', script], join(real, 'shop'));
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
    }
  });
});
