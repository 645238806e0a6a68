import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Wall {
  readonly includes: readonly string[];
  readonly linter: { readonly rules: { readonly style?: { readonly noRestrictedImports?: Restriction } } };
}

interface Restriction {
  readonly level: string;
  readonly options: { readonly patterns: readonly { readonly group: readonly string[]; readonly message: string }[] };
}

/** Ranks as docs/architecture.md lists them: a folder may import folders of lower ranks. */
const RANKS: ReadonlyMap<string, number> = new Map(
  [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `src\/(\w+)\/` +\| (\d) /gm)].map(
    ([, folder, rank]) => [String(folder), Number(rank)] as const,
  ),
);
/** Folders without a rank: what each may import. The commands and the wiring may import every folder. */
const OUTSIDE_THE_RANKS: Readonly<Record<string, readonly string[] | 'all'>> = {
  store: ['model', 'batching', 'files', 'identity', 'journey'],
  config: ['model', 'batching', 'files', 'capture', 'identity', 'adapters', 'offers'],
  observability: ['model', 'batching', 'files'],
  commands: 'all',
  wiring: 'all',
};
/** Of the agent desktop, from the top: a folder may import folders of later groups. */
const DESKTOP_GROUPS = (readFileSync('docs/architecture.md', 'utf8').match(/^(app > .+)\.$/m)?.[1] ?? '')
  .split(' > ')
  .map((group) => group.split(', '));
/** Below all: styles, and what the code generator writes. */
const BELOW_ALL = ['styles', 'generated'];
/** What a rank may import beside lower ranks. */
const BESIDE: Readonly<Record<string, readonly string[]>> = { http: ['observability'] };

/** Who may import every folder may still not import the rooms of the store: its door is `src/store/open-store.ts`. */
const ROOMS = ['store/*'];

const FOLDERS = readdirSync('src', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

it('has a rank, or a rule outside the ranks, for every folder', () => {
  expect(FOLDERS.filter((folder) => !RANKS.has(folder) && !(folder in OUTSIDE_THE_RANKS))).toEqual([]);
});

it.each(FOLDERS)('forbids src/%s to import what is not below it, with a message that says where things belong', (folder) => {
  const expected = OUTSIDE_THE_RANKS[folder] === 'all' ? ROOMS : FOLDERS.filter((other) => other !== folder && !mayImport(folder, other));
  const walls = wallsOf(`src/${folder}/**`);
  const patterns = walls.flatMap(({ options }) => options.patterns);
  const forbidden = patterns.flatMap(({ group }) => group);
  expect(walls.map(({ level }) => level)).toEqual(['error']);
  expect(expected.filter((other) => !forbidden.includes(`**/${other}/**`))).toEqual([]);
  for (const { message } of patterns) expect(message.length).toBeGreaterThan(40);
});

describe('the agent desktop', () => {
  const folders = readdirSync('agent-desktop/src', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const groupOf = (folder: string) => DESKTOP_GROUPS.findIndex((group) => group.includes(folder));

  it('has every folder among its groups', () => {
    expect([...DESKTOP_GROUPS.flat(), ...BELOW_ALL].sort()).toEqual([...folders].sort());
  });

  // The top folder may import all others.
  it.each(DESKTOP_GROUPS.slice(1).flat())('forbids %s to import what is beside or above it, with a message', (folder) => {
    const expected = DESKTOP_GROUPS.flat().filter((other) => other !== folder && groupOf(other) <= groupOf(folder));
    const patterns = wallsOf(`agent-desktop/src/${folder}/**`).flatMap(({ options }) => options.patterns);
    expect(expected.filter((other) => !patterns.some(({ group }) => group.includes(`**/${other}/**`)))).toEqual([]);
    for (const { message } of patterns) expect(message.length).toBeGreaterThan(40);
  });
});

it('keeps plans of the store apart from every implementation', () => {
  const implementations = readdirSync('src/store', { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'plan');
  const forbidden = (files: string) => wallsOf(files).flatMap(({ options }) => options.patterns.flatMap(({ group }) => group));
  // The more specific rule replaces the one of the whole folder, so it repeats what that forbids.
  expect(forbidden('src/store/plan/**')).toEqual(
    expect.arrayContaining([...implementations.map(({ name }) => `**/${name}/**`), ...forbidden('src/store/**')]),
  );
});

/** What `biome.json` forbids to these files to import. */
function wallsOf(files: string): readonly Restriction[] {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { overrides: Wall[] };
  return overrides
    .filter(({ includes }) => includes.includes(files))
    .flatMap(({ linter }) => linter.rules.style?.noRestrictedImports ?? []);
}

function mayImport(folder: string, other: string): boolean {
  const allowed = OUTSIDE_THE_RANKS[folder];
  if (allowed !== undefined) return allowed === 'all' || allowed.includes(other);
  if (BESIDE[folder]?.includes(other)) return true;
  return (RANKS.get(other) ?? Number.POSITIVE_INFINITY) < Number(RANKS.get(folder));
}

it('opens SQLite files of tests in one way, which waits while another connection writes', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const opening = files.filter((file) => readFileSync(`test/${file}`, 'utf8').match(/\bnew DatabaseSync\(/));
  expect(opening).toEqual(['support/sqlite-file.ts']);
});

it('has no program or style sheet of more than 300 lines, so that each is read at once', () => {
  const files = ['src', 'agent-desktop/src', 'agent-desktop/embed-element', 'examples', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|tsx|css)$/.test(name) && !/(^|\/)(node_modules|generated|dist)\//.test(name))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.filter((file) => file.endsWith('.css')).length).toBeGreaterThan(0);
  expect(files.filter((file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > 300)).toEqual([]);
});
