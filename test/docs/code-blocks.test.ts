import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { gatewayConfigSchema } from '../../src/config/gateway-config.ts';
import { loadProject } from '../../src/config/load-project.ts';
import { readOwnerSchema } from '../../src/graphql/schema/owner-schema.ts';
import { codeBlocks, documentationPages } from '../support/documentation.ts';

/** Its blocks are the files of two projects, which from-apollo.test.ts compiles and runs. */
const PROJECTS = 'docs/from-apollo.md';
const BLOCKS = documentationPages()
  .filter((page) => page !== PROJECTS)
  .flatMap(codeBlocks);
const of = (...languages: string[]) =>
  BLOCKS.filter(({ language }) => languages.includes(language)).map((block) => [block.where, block.text] as const);

const OPTIONS = Object.keys(gatewayConfigSchema.shape);
const DOOR = 'bearerClaim, cookie, defineGateway, handoff, header, issuedCookie, urlParameter, z';

const PACKAGE = 'customer-profile-gateway';
const WEB_TAG = `${PACKAGE}/web-tag`;

/** A block as a module. A part of a configuration, or of an adapter's options, is completed. */
function moduleOf(text: string): string {
  const option = /^(?:\s*\/\/.*\n)*(\w+):/.exec(text)?.[1];
  if (option === undefined) return text;
  if (option === 'policy')
    return `import { defineAdapter } from 'customer-profile-gateway';\nexport default defineAdapter({ load: async () => [], ${text} });\n`;
  expect(OPTIONS).toContain(option);
  const identifiers = option === 'identifiers' ? '' : "identifiers: { crmId: { class: 'person' } },";
  return `import { ${DOOR} } from 'customer-profile-gateway';\nexport default defineGateway({ ${identifiers}\n${text} });\n`;
}

/** A folder that is removed when the test is over. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Names in examples for the reader's own code. */
const PLACEHOLDERS = `
  declare const scores: { findMany(keys: readonly string[], options: { signal: AbortSignal }): Promise<Map<string, { score: number }>> };
`;

describe('TypeScript in the documentation', () => {
  const blocks = of('ts');

  it.each([
    [
      'the public door',
      blocks.filter(([, text]) => !text.includes(WEB_TAG)),
      { paths: { [PACKAGE]: [resolve('src/index.ts')] }, extends: 'tsconfig.json' },
    ],
    [
      'the web tag',
      blocks.filter(([, text]) => text.includes(WEB_TAG)),
      { paths: { [WEB_TAG]: [resolve('web-tag/tag.ts')] }, extends: 'web-tag/tsconfig.json' },
    ],
  ] as const)('has the types of %s', (_, some, project) => {
    const folder = temporaryFolder();
    const names = some.map(([where, text], index) => {
      const module = moduleOf(text).replaceAll("'../datasources/", "'datasources/");
      writeFileSync(join(folder, `block-${index}.ts`), `${module}\nexport {};\n`);
      return `block-${index} is ${where}`;
    });
    writeFileSync(join(folder, 'placeholders.d.ts'), PLACEHOLDERS);
    const compilerOptions = {
      paths: { ...project.paths, 'datasources/*': [`${resolve('datasources')}/*`] },
      typeRoots: [resolve('node_modules/@types')],
      noEmit: true,
      rewriteRelativeImportExtensions: false,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: resolve(project.extends), compilerOptions, include: ['*.ts'] }));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    expect(typeErrors(folder), names.join('\n')).toBe('');
  });

  it.each(blocks.filter(([, text]) => /defineGateway|Adapter\(\{/.test(moduleOf(text))))(
    'is accepted when it is loaded: %s',
    async (_, text) => {
      const folder = temporaryFolder();
      const module = moduleOf(text);
      const isConfig = module.includes('export default defineGateway');
      stubUrls(module);
      writeFileSync(join(folder, 'gateway.config.ts'), isConfig ? module : moduleOf("conflict: 'refuse',"));
      writeFileSync(join(folder, 'schema.graphql'), 'type Customer { name: String }');
      writeFileSync(join(folder, 'documents.json'), '{}');
      mkdirSync(join(folder, 'datasources'));
      if (!isConfig) writeFileSync(join(folder, 'datasources/example.ts'), module);
      const { problems, dataSources, config } = await loadProject(join(folder, 'gateway.config.ts'));
      expect(problems).toEqual([]);
      expect(isConfig ? config : dataSources.get('example')).toBeTruthy();
      for (const adapter of dataSources.values()) await adapter.close?.();
    },
  );
});

/** Of variables whose name says what is there. */
const URLS: Readonly<Record<string, string>> = { REDIS_URL: 'redis://localhost', DATABASE_URL: 'postgres://localhost/customers' };

/** The addresses of back ends that examples read from the environment. */
function stubUrls(module: string): void {
  const url = module.includes('sqlAdapter')
    ? 'sqlite:example.db'
    : module.includes('redisAdapter')
      ? 'redis://localhost'
      : 'http://localhost';
  for (const [, name] of module.matchAll(/process\.env\.(\w+_URL)/g)) vi.stubEnv(name as string, URLS[name as string] ?? url);
  onTestFinished(() => void vi.unstubAllEnvs());
}

function typeErrors(folder: string): string {
  try {
    execFileSync(resolve('node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout || String(error);
  }
}

describe('GraphQL in the documentation', () => {
  const isOperation = (text: string) => /^(?:\{|query|mutation|subscription|fragment)\b|^\{/.test(text);
  const blocks = of('graphql');

  it.each(blocks.filter(([, text]) => isOperation(text)))("is valid in the demo's schema: %s", (_, text) => {
    const schema = buildSchema(readFileSync('docs/schema.graphql', 'utf8'));
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });

  it.each(blocks.filter(([, text]) => !isOperation(text)))('is accepted as a profile: %s', (where, text) => {
    const profile = /^type |^"/m.test(text) && /\btype Customer\b/.test(text) ? text : `type Customer {\n${text}\n}`;
    const others = readFileSync('schema.graphql', 'utf8').replace(/^(?:"[^"]*"\ntype Customer|extend type Query) \{.*?^\}/gms, '');
    const names = [...`${text}${others}`.matchAll(/source: "(\w+)"/g)].map(([, name]) => name as string);
    const vocabulary = {
      sources: new Map(),
      // The back ends of an example are not known.
      brokenSources: new Set(names.filter((name) => name !== 'captured')),
      identifierTypes: null,
      hashedTypes: new Set<string>(),
      // Nor of its resolvers.
      resolvers: { file: 'resolvers.ts', text: '', exported: undefined },
    };
    const problems: unknown[] = [];
    readOwnerSchema(where, `${profile}\n${others}`, vocabulary, (problem) => problems.push(problem));
    expect(problems).toEqual([]);
  });
});

describe('other blocks of the documentation', () => {
  it.each(of('json', 'ndjson'))('are JSON: %s', (_, text) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each(of('js'))('are JavaScript: %s', (_, text) => {
    expect(() => new Script(text)).not.toThrow();
  });
});
