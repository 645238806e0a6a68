import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchors, documentationPages, linkTargets } from '../support/documentation.ts';

/** What is wrong with a link of a page; null for a link to a file or heading that exists, and for one to another site. */
function problemOf(page: string, target: string): string | null {
  if (/^[a-z]+:/.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(file)) return `${page}: no file ${file}`;
  if (anchor === undefined || !file.endsWith('.md') || anchors(file).has(anchor)) return null;
  return `${page}: no heading for ${target}`;
}

describe('the documentation', () => {
  it('has links to files and headings that exist', () => {
    const problems = documentationPages().flatMap((page) => linkTargets(page).map((target) => problemOf(page, target)));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });

  it('has every page in its index, which the README links to', () => {
    const index = linkTargets('docs/README.md').map((target) => normalize(join('docs', target)));
    const pages = documentationPages().filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(pages.filter((page) => !index.includes(page))).toEqual([]);
    expect(linkTargets('README.md')).toContain('docs/README.md');
  });
});

/** True if the sources declare this name: a class, a function, a method `Class.method`, or a command. */
function isDeclared(name: string, sources: readonly string[]): boolean {
  const [first, method] = name.split('.');
  const declared = new RegExp(`(?:class|function|const) ${first}\\b`);
  const member = new RegExp(`^  (?:(?:protected|override|async) )*${method ?? first}[(<]`, 'm');
  if (method !== undefined) return sources.some((text) => declared.test(text) && member.test(text));
  return existsSync(`src/commands/${name}.ts`) || sources.some((text) => declared.test(text) || member.test(text));
}

describe('docs/architecture.md', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const names = [...page.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, name]) => String(name));

  it('names every folder of the sources', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.filter(({ name }) => !page.includes(`\`src/${name}/\``)).map(({ name }) => name)).toEqual([]);
  });

  it('names files, folders, classes and functions that exist', () => {
    const files = globSync('{src,test}/**/*.ts').concat(globSync('*.{ts,json}'));
    const sources = files.filter((file) => file.startsWith('src/')).map((file) => readFileSync(file, 'utf8'));
    const isThere = (name: string) => {
      if (/\.(ts|json)$/.test(name)) return files.some((file) => file === name || file.endsWith(`/${name}`));
      if (name.endsWith('/')) return files.some((file) => `/${file}`.includes(`/${name}`));
      return /^(?:GET|POST) \//.test(name) || isDeclared(name, sources);
    };
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });

  it('fits on two screens', () => {
    const lines = page.split('\n');
    expect(lines.length).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });
});
