import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Builds the agent desktop. Usage: node scripts/build-agent-desktop.ts [--when-stale]
 * With `--when-stale` nothing happens when the build is of the present sources.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DESKTOP = join(ROOT, 'agent-desktop');
const BUILT = join(DESKTOP, 'dist');
/** In the build: the hash of what it was built from. */
const STAMP = 'built-from';
/** A file with the id of the process that builds. */
const LOCK = join(DESKTOP, '.building');
/** Milliseconds after which a lock without an id is one of a process that was killed before it wrote it. */
const EMPTY_FOR = 5_000;
const POLL_MS = 100;

/** Builds the desktop into a folder. From then on this process is one of production: Vite reads and sets NODE_ENV. */
export async function buildAgentDesktop(folder: string, logLevel: 'info' | 'warn' = 'warn'): Promise<void> {
  process.env.NODE_ENV = 'production';
  const hash = hashOfSources();
  const { build } = await import('vite');
  await build({ configFile: join(DESKTOP, 'vite.config.ts'), logLevel, build: { outDir: resolve(folder), emptyOutDir: true } });
  writeFileSync(join(folder, STAMP), hash);
}

/**
 * Builds the desktop, in a process of its own, where the gateway of this checkout serves it from, unless it is built of the present
 * sources.
 * @param say is called before it builds.
 * @throws Error with what the build wrote.
 */
export async function ensureAgentDesktop(say: () => void = () => {}): Promise<void> {
  if (isFresh()) return;
  say();
  await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), '--when-stale']);
}

/** Of several processes one builds, and the others wait for it. The former build is served until the new one is complete. */
async function buildWhenStale(): Promise<void> {
  while (!isFresh()) {
    if (!takeLock()) {
      await pause(POLL_MS);
      continue;
    }
    try {
      if (!isFresh()) await replaceBuild();
    } finally {
      rmSync(LOCK, { force: true });
    }
  }
}

async function replaceBuild(logLevel?: 'info' | 'warn'): Promise<void> {
  const [fresh, former] = [`${BUILT}.new`, `${BUILT}.old`];
  await buildAgentDesktop(fresh, logLevel);
  rmSync(former, { recursive: true, force: true });
  if (existsSync(BUILT)) renameSync(BUILT, former);
  renameSync(fresh, BUILT);
  rmSync(former, { recursive: true, force: true });
}

function isFresh(): boolean {
  const stamp = join(BUILT, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfSources();
}

/** Of every file that the build reads: also after a change of branch, times of files say nothing. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = globSync(['*', '{src,embed-element,public}/**/*'], { cwd: DESKTOP, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  for (const path of [...paths, join(ROOT, 'package-lock.json')].sort()) {
    hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/** @returns false where another process holds it. The lock of one that has ended is removed. */
function takeLock(): boolean {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const held = statSync(LOCK, { throwIfNoEntry: false });
  if (held === undefined) return false;
  const pid = readFileSync(LOCK, 'utf8');
  const isHeld = pid === '' ? Date.now() - held.mtimeMs < EMPTY_FOR : isAlive(Number(pid));
  if (!isHeld) rmSync(LOCK, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

if (import.meta.main) await (process.argv.includes('--when-stale') ? buildWhenStale() : replaceBuild('info'));
