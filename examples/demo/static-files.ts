import { readFileSync } from 'node:fs';
import type { Answer } from './serve.ts';

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
/** Scripts that several windows of the demo load. */
const SHARED = new URL('static/', import.meta.url);
const STYLES = new URL('styles/', SHARED);

/** What a site serves beside its pages: scripts by name, and one style sheet that is made of several files. */
export interface StaticFiles {
  readonly folder: URL;
  readonly scripts: readonly string[];
  readonly sharedScripts: readonly string[];
  readonly styles: readonly string[];
}

/** @returns the file of this name; null when the site has none. Files are read each time, so that a change shows at once. */
export function staticFile(name: string, { folder, scripts, sharedScripts, styles }: StaticFiles): Answer | null {
  if (name === 'site.css') return file('css', styles.map((each) => readFileSync(new URL(`${each}.css`, STYLES), 'utf8')).join('\n'));
  if (scripts.includes(name)) return file('js', readFileSync(new URL(name, folder), 'utf8'));
  if (sharedScripts.includes(name)) return file('js', readFileSync(new URL(name, SHARED), 'utf8'));
  return null;
}

function file(extension: string, body: string): Answer {
  return { status: 200, body, type: TYPES[extension] as string, headers: { 'cache-control': 'no-cache' } };
}
