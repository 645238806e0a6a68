import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ensureBuilt } from './built-desktop.ts';

/** Bytes, compressed. */
const MOST = 200 * 1_024;

const built = (path: string): Buffer => readFileSync(fileURLToPath(new URL(`../../agent-desktop/dist/${path}`, import.meta.url)));

/** The page, and all that it names: its scripts with what they import, and its styles. */
function firstLoad(): Map<string, number> {
  const page = built('index.html');
  const names = [...page.toString().matchAll(/(?:src|href)="\/agent\/([^"]+)"/g)].map((match) => match[1] as string);
  const found = new Map([['index.html', gzipSync(page).length]]);
  const add = (name: string) => {
    if (found.has(name)) return;
    const content = built(name);
    found.set(name, gzipSync(content, { level: 9 }).length);
    if (!name.endsWith('.js')) return;
    const imports = content.toString().matchAll(/(?:import|from)\s*["']\.\/([^"']+)["']/g);
    for (const [, imported] of imports) add(`assets/${imported}`);
  };
  names.forEach(add);
  return found;
}

it('loads less than 200 KB before it shows the desk', async () => {
  await ensureBuilt();
  const files = firstLoad();
  for (const ending of ['.html', '.js', '.css']) expect([...files.keys()].filter((name) => name.endsWith(ending))).not.toEqual([]);
  expect([...files.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST);
});
