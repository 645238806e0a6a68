import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const VITE = fileURLToPath(import.meta.resolve('vite/package.json').replace('package.json', 'bin/vite.js'));
const DESKTOP = fileURLToPath(new URL('../../agent-desktop/', import.meta.url));

const ENVIRONMENT = { env: { ...process.env, NODE_ENV: 'production' } };

let built: Promise<unknown> | undefined;

/** Builds the desktop where the gateway serves it from, once for the tests of a process, and only when its sources are newer. */
export function ensureBuilt(): Promise<unknown> {
  // In a process of its own: the test runner's NODE_ENV would make it a build for development.
  const build = () => promisify(execFile)(process.execPath, [VITE, 'build', '--config', join(DESKTOP, 'vite.config.ts')], ENVIRONMENT);
  built ??= isFresh() ? Promise.resolve() : build();
  return built;
}

function isFresh(): boolean {
  const page = join(DESKTOP, 'dist/index.html');
  if (!existsSync(page)) return false;
  const { mtimeMs } = statSync(page);
  return globSync(['src/**/*', '*.{ts,html}'], { cwd: DESKTOP }).every((file) => statSync(join(DESKTOP, file)).mtimeMs < mtimeMs);
}
