import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

describe('docs/architecture.md', () => {
  it('names every folder of the sources', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const page = readFileSync('docs/architecture.md', 'utf8');
    expect(folders.filter(({ name }) => !page.includes(`\`src/${name}/\``)).map(({ name }) => name)).toEqual([]);
  });
});
