import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestants.ts';

/** Installs what contestants need and the product does not, once, as the lock file beside has it. @throws Error when that fails. */
export function installFor(contestants: readonly Contestant[]): void {
  const directory = fileURLToPath(new URL('./', import.meta.url));
  const isNeeded = contestants.some(({ file }) => file.endsWith('.mjs'));
  if (!isNeeded || existsSync(`${directory}node_modules/.package-lock.json`)) return;
  process.stderr.write('Installing what is compared with, once…\n');
  // Nothing that is installed needs a script to work.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: directory, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm ci in ${directory} ended with ${status}`);
}
