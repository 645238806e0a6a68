import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Kind } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { definitionSchema } from '../../src/adapters/define-adapter.ts';
import { optionsSchema as fileOptions } from '../../src/adapters/file-adapter.ts';
import { optionsSchema as graphqlOptions } from '../../src/adapters/graphql-adapter.ts';
import { optionsSchema as httpOptions } from '../../src/adapters/http-adapter.ts';
import { optionsSchema as redisOptions } from '../../src/adapters/redis-adapter.ts';
import { policySchema } from '../../src/adapters/source-policy.ts';
import { optionsSchema as sqlOptions } from '../../src/adapters/sql-adapter.ts';
import { gatewayConfigSchema } from '../../src/config/gateway-config.ts';
import { DIRECTIVES } from '../../src/graphql/schema/vocabulary.ts';
import { offerSchema } from '../../src/offers/definition/define-offer.ts';
import { DEFAULT_ACCESS } from '../../src/profile/access.ts';
import { Command } from '../support/command.ts';
import { tableRows } from '../support/documentation.ts';
import { documentedLines, membersOf, optionsOf, type SchemaOption } from '../support/options.ts';

const PAGE = 'docs/configuration.md';
const ROWS = tableRows(PAGE);
const EVERY_ADAPTER = 'Options of every data adapter';

/** The rows under a heading of the page, or of all sections of the configuration file. */
function documented(isHere: (heading: string) => boolean) {
  const rows = ROWS.filter(({ heading, cells }) => cells.option !== undefined && isHere(heading));
  return new Map(rows.map(({ cells }) => [pathOf(cells.option as string), cells]));
}

/** `` `identifiers.NAME.class` `` is the path `identifiers.*.class`: a name in capitals is the owner's. */
function pathOf(cell: string): string {
  const path = cell.replaceAll('`', '');
  return path.replace(/\b[A-Z]{2,}\b/g, '*');
}

type Documented = ReturnType<typeof documented>;

/** The differences between the page and the schema. */
function differences(schema: readonly SchemaOption[], page: Documented): string[] {
  const known = new Map(schema.map((option) => [option.path, option]));
  const missing = schema.filter(({ path, isContainer }) => !isContainer && !page.has(path)).map(({ path }) => `${path}: not on the page`);
  const wrong = [...page].flatMap(([path, { type = '', default: said = '' }]) => {
    const option = known.get(path);
    if (option === undefined) return [`${path}: on the page, no option of the gateway`];
    const values = option.values
      .filter((value) => !type.includes(`'${value}'`))
      .map((value) => `${path}: the type does not name '${value}'`);
    return [...values, ...wrongDefault(option, said)];
  });
  return [...missing, ...wrong];
}

function wrongDefault({ path, isRequired, isContainer, defaultValue }: SchemaOption, said: string): string[] {
  if (isContainer) return [];
  if (isRequired) return said === 'required' ? [] : [`${path}: required, the page says ${said}`];
  if (defaultValue === undefined) return said.startsWith('none') ? [] : [`${path}: no default, the page says ${said}`];
  const literal = /^`([^`]+)`$/.exec(said)?.[1];
  const same = literal !== undefined && JSON.stringify(runInNewContext(`(${literal})`)) === JSON.stringify(defaultValue);
  return same ? [] : [`${path}: the default is ${JSON.stringify(defaultValue)}, the page says ${said}`];
}

/** The files that declare options, with the interfaces. */
const OPTION_TYPES = {
  'src/adapters/data-adapter.ts': ['CommonAdapterOptions', 'DataAdapterDefinition'],
  'src/adapters/source-policy.ts': ['SourcePolicy', 'CachePolicyInput'],
  'src/adapters/sql-adapter.ts': ['SqlAdapterOptions'],
  'src/adapters/http-adapter.ts': ['HttpAdapterOptions'],
  'src/adapters/graphql-adapter.ts': ['GraphqlAdapterOptions'],
  'src/adapters/redis-adapter.ts': ['RedisAdapterOptions'],
  'src/adapters/file-adapter.ts': ['FileAdapterOptions'],
  'src/sources/test-adapter.ts': ['AdapterSamples'],
  'src/capture/capture-rule.ts': ['CaptureRuleOptions', 'BearerClaimOptions'],
  'src/wiring/surroundings.ts': ['GatewayOverrides'],
};

describe('options where they are declared', () => {
  it.each(Object.entries(OPTION_TYPES))('have a docstring in %s', (file, types) => {
    const source = readFileSync(file, 'utf8');
    const members = types.flatMap((type) => membersOf(source, type).map((member) => ({ ...member, type })));
    expect(members.filter(({ hasDocstring }) => !hasDocstring).map(({ type, name }) => `${type}.${name}`)).toEqual([]);
  });

  it('have a docstring in src/config/gateway-config.ts', () => {
    const source = readFileSync('src/config/gateway-config.ts', 'utf8');
    const options = documentedLines(source, /^ {2}(\w+): (?:z$|z\.|quantity|\w+Schema)/);
    expect(options.length).toBeGreaterThan(30);
    expect(options.filter(({ hasDocstring }) => !hasDocstring).map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['src/offers/definition/define-offer.ts', 10],
    ['src/config/offer-settings.ts', 10],
  ])('have a docstring in %s', (file, count) => {
    const options = documentedLines(readFileSync(file, 'utf8'), /^ {2}(\w+): (?:z$|z\.|quantity|amount|names|share|duration)/);
    expect(options.length).toBeGreaterThanOrEqual(count);
    expect(options.filter(({ hasDocstring }) => !hasDocstring).map(({ name }) => name)).toEqual([]);
  });

  it('have the names that their schemas have', () => {
    const names = (file: string, type: string) => membersOf(readFileSync(file, 'utf8'), type).map(({ name }) => name);
    const shape = (schema: z.ZodType) => optionsOf(schema).flatMap(({ path }) => (path.includes('.') ? [] : [path]));
    const common = names('src/adapters/data-adapter.ts', 'CommonAdapterOptions');
    for (const [file, type, schema] of [
      ['src/adapters/sql-adapter.ts', 'SqlAdapterOptions', sqlOptions],
      ['src/adapters/http-adapter.ts', 'HttpAdapterOptions', httpOptions],
      ['src/adapters/graphql-adapter.ts', 'GraphqlAdapterOptions', graphqlOptions],
      ['src/adapters/redis-adapter.ts', 'RedisAdapterOptions', redisOptions],
      ['src/adapters/file-adapter.ts', 'FileAdapterOptions', fileOptions],
      ['src/adapters/data-adapter.ts', 'DataAdapterDefinition', definitionSchema],
    ] as const) {
      expect([...common, ...names(file, type)].sort()).toEqual(shape(schema).sort());
    }
    expect(names('src/adapters/source-policy.ts', 'SourcePolicy').sort()).toEqual(shape(policySchema).sort());
  });
});

describe('docs/configuration.md', () => {
  it('has every option of gateway.config.ts with its default, and no other', () => {
    const page = documented((heading) => heading.startsWith('`gateway.config.ts`'));
    expect(differences(optionsOf(gatewayConfigSchema), page)).toEqual([]);
  });

  const ownOptions = ['selectsFields', 'load', 'search', 'probe', 'erase', 'close', 'startIn'];
  const common = new Set(
    optionsOf(definitionSchema)
      .map(({ path }) => path)
      .filter((path) => !ownOptions.includes(path)),
  );

  it('has every option that all data adapters share, policies included', () => {
    const shared = optionsOf(definitionSchema).filter(({ path }) => !ownOptions.includes(path));
    expect(
      differences(
        shared,
        documented((heading) => heading === EVERY_ADAPTER),
      ),
    ).toEqual([]);
  });

  it.each([
    ['sqlAdapter', sqlOptions],
    ['httpAdapter', httpOptions],
    ['graphqlAdapter', graphqlOptions],
    ['redisAdapter', redisOptions],
    ['fileAdapter', fileOptions],
  ] as const)('has every option of %s', (name, schema) => {
    const own = optionsOf(schema).filter(({ path }) => !common.has(path));
    expect(own.length).toBeGreaterThan(0);
    expect(
      differences(
        own,
        documented((heading) => heading === `\`${name}\``),
      ),
    ).toEqual([]);
  });

  it('has every option of defineAdapter', () => {
    const own = optionsOf(definitionSchema).filter(({ path }) => ownOptions.includes(path));
    expect(
      differences(
        own,
        documented((heading) => heading === '`defineAdapter`'),
      ),
    ).toEqual([]);
  });

  it('has every option of an offer, and of its caps', () => {
    const caps = optionsOf(offerSchema.shape.caps.unwrap().element).map((option) => ({ ...option, path: `caps.${option.path}` }));
    const page = documented((heading) => heading === '`defineOffer`');
    expect(differences([...optionsOf(offerSchema), ...caps], page)).toEqual([]);
  });

  it.each([
    ['testAdapter', 'src/sources/test-adapter.ts', 'AdapterSamples'],
    ['createGateway', 'src/wiring/surroundings.ts', 'GatewayOverrides'],
  ])('has every option of %s', (name, file, type) => {
    const options = membersOf(readFileSync(file, 'utf8'), type).map((member) => member.name);
    expect([...documented((heading) => heading === `\`${name}\``).keys()].sort()).toEqual(options.sort());
  });

  it('has every annotation of the schema with its arguments', () => {
    const page = ROWS.filter(({ cells }) => cells.argument !== undefined).map(
      ({ cells }) => `${pathless(cells.argument)} ${cells.default}`,
    );
    const directives = DIRECTIVES.definitions.filter((definition) => definition.kind === Kind.DIRECTIVE_DEFINITION);
    const known = directives.flatMap(({ name, arguments: all = [] }) =>
      all.map((argument) => {
        const isMin = name.value === 'access' && argument.name.value === 'min';
        const required = argument.type.kind === Kind.NON_NULL_TYPE ? 'required' : 'none';
        return `@${name.value}(${argument.name.value}:) ${isMin ? `\`${DEFAULT_ACCESS.min}\`` : required}`;
      }),
    );
    expect(page.sort()).toEqual(known.sort());
  });

  it('has every capture rule, and what each takes', () => {
    const source = readFileSync('src/capture/capture-rule.ts', 'utf8');
    const rules = [...source.matchAll(/^export const (\w+) = \(\s*\w+: string/gm)].map(([, name]) => name as string);
    const options = [...source.matchAll(/^ {2}readonly (\w+)\?: /gm)].map(([, name]) => name as string);
    const rows = ROWS.filter(({ heading }) => heading === 'Capture rules');
    const page = rows.flatMap(({ cells }) => Object.values(cells)[0] ?? '').map((cell) => /`(\w+)/.exec(cell)?.[1] as string);
    expect(new Set(page)).toEqual(new Set([...rules, ...options]));
  });

  it('has every environment variable that is read, and no other', () => {
    const read = (folders: readonly string[]) => {
      const texts = sourceFiles(folders).map((file) => readFileSync(file, 'utf8').replace(/\/\*\*.*?\*\//gs, ''));
      const reads = texts.flatMap((text) => [...text.matchAll(/(?:process\.env|variables)\.([A-Z][A-Z_]+)|\.env\('([A-Z_]+)'\)/g)]);
      const named = texts.flatMap((text) => [...text.matchAll(/variable: '([A-Z_]+)'/g)]);
      return new Set([...reads, ...named].map(([, first, second]) => (first ?? second) as string));
    };
    const page = (heading: string) =>
      new Set(
        ROWS.filter((row) => row.heading === heading && row.cells.variable !== undefined).map(({ cells }) => pathless(cells.variable)),
      );
    expect(page('Environment variables')).toEqual(read(['src']));
    expect(page("The demo's variables")).toEqual(read(['gateway.config.ts', 'datasources', 'examples']));
  });

  it('has every command in the table of the README, and that table no other', async () => {
    const rows = tableRows('README.md').filter(({ heading }) => heading === 'The command');
    const named = rows.flatMap(({ cells }) => [...(cells.command ?? '').matchAll(/`(\w[\w-]*)/g)].map(([, name]) => name as string));
    expect(named.sort()).toEqual(commandsOf(await helpOf()).sort());
  });

  it('has every command with every flag and its default, and no other', async () => {
    const names = commandsOf(await helpOf());
    const flags = await Promise.all(names.map(async (name) => [name, flagsOf(await helpOf(name))] as const));
    const page = readFileSync(PAGE, 'utf8');
    expect(names.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
    const headings = new Set(ROWS.filter(({ cells }) => cells.flag !== undefined).map(({ heading }) => heading));
    const documentedFlags = [...headings].flatMap((heading) => {
      const of = [...heading.matchAll(/`(\w[\w-]*)/g)].map(([, name]) => name as string);
      const rows = ROWS.filter((row) => row.heading === heading && row.cells.flag !== undefined);
      return of.map(
        (name) => [name, rows.map(({ cells }) => `${pathless(cells.flag)} ${defaultFlag(cells.default)}`.trim()).sort()] as const,
      );
    });
    const shared = ['--config <file> gateway.config.ts'];
    const expected = flags.map(([name, own]) => [name, own.filter((flag) => !shared.includes(flag)).sort()] as const);
    expect(Object.fromEntries(documentedFlags)).toEqual(Object.fromEntries(expected.filter(([, own]) => own.length > 0)));
  });
});

/** The TypeScript files in these folders, and the files among the arguments. */
function sourceFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (statSync(path).isFile()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(path, name));
  });
}

function pathless(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

function defaultFlag(cell = ''): string {
  return /^`(.+)`$/.exec(cell)?.[1] ?? '';
}

async function helpOf(...command: string[]): Promise<string> {
  const help = new Command('src/cli.ts', [...command, '--help']);
  return (await help.ended()).stdout;
}

/** The commands that the help lists, except `help`. */
function commandsOf(help: string): string[] {
  const commands = help.slice(help.indexOf('\nCommands:')).matchAll(/^ {2}(\w[\w-]*)(?: \[options\])?(?: <\w+>)*(?: {2,}|$)/gm);
  return [...commands].map(([, name]) => name as string).filter((name) => name !== 'help');
}

/** Each flag of a command's help with its default: `--port <n> 4000`. */
function flagsOf(help: string): string[] {
  const text = help.slice(help.indexOf('\nOptions:')).replace(/\n {3,}(?!-)/g, ' ');
  return [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <[^>]+>)?)(.*)$/gm)]
    .map(([, flag = '', rest = '']) => `${flag} ${/\(default: "?([^",)]+)/.exec(rest)?.[1] ?? ''}`.trim())
    .filter((flag) => flag !== '--help');
}
