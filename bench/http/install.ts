import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestants.ts';

/** Installs the packages that only contestants need, by the lock file in this folder, if they are missing. @throws Error when that fails. */
export function installFor(contestants: readonly Contestant[]): void {
  const directory = fileURLToPath(new URL('./', import.meta.url));
  const isNeeded = contestants.some(({ file }) => file.endsWith('.mjs'));
  if (!isNeeded || existsSync(`${directory}node_modules/.package-lock.json`)) return;
  process.stderr.write('Installing the packages of the other contestants, once…\n');
  // None of these packages needs its install script.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: directory, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm ci in ${directory} ended with ${status}`);
}
