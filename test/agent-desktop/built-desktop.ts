import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../scripts/build-agent-desktop.ts', import.meta.url));

let built: Promise<unknown> | undefined;

/**
 * Builds the desktop where the gateway serves it from, unless it is built of the present sources. In a process of its own: the test
 * runner's NODE_ENV would make it a build for development.
 */
export function ensureBuilt(): Promise<unknown> {
  built ??= promisify(execFile)(process.execPath, [SCRIPT, '--when-stale'], { env: { ...process.env, NODE_ENV: 'production' } });
  return built;
}
