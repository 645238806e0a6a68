// Runs on whatever Node npm runs on (20 and later), before anything is installed: plain JavaScript, no imports but Node's.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const INSTALLED = 'node_modules/.package-lock.json';
const LOCK_FILE = 'package-lock.json';
/**
 * The lock: a folder whose files are named after the processes that hold it, the command and its npm. It is not in node_modules,
 * which `npm ci` removes.
 */
const LOCK = '.installing';
const POLL_MS = 200;

/** npm writes this file when everything else is done. */
function isInstalled() {
  return existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK_FILE).mtimeMs;
}

/** @returns false when it has failed for one of these reasons. */
function attempt(action, ...expectedCodes) {
  try {
    action();
    return true;
  } catch (error) {
    if (expectedCodes.includes(error.code)) return false;
    throw error;
  }
}

function isAlive(pid) {
  // EPERM: it is another user's.
  let alive = true;
  attempt(() => {
    alive = attempt(() => process.kill(pid, 0), 'ESRCH');
  }, 'EPERM');
  return alive;
}

/**
 * Takes the lock unless a living process holds it. A folder is renamed over another one only when that one is empty, in one step.
 * So the lock is never seen without its holder, and what a killed process left is taken away by its name and nobody else's.
 */
function takeLock() {
  const own = `${LOCK}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, String(process.pid)), '');
  for (const pid of holders()) if (!isAlive(pid)) attempt(() => unlinkSync(join(LOCK, String(pid))), 'ENOENT');
  const taken = attempt(() => renameSync(own, LOCK), 'ENOTEMPTY', 'EEXIST');
  if (!taken) rmSync(own, { recursive: true, force: true });
  return taken;
}

function holders() {
  let names = [];
  attempt(() => {
    names = readdirSync(LOCK);
  }, 'ENOENT');
  return names.map(Number).filter((pid) => pid > 0);
}

function releaseLock(pids) {
  for (const pid of pids) attempt(() => unlinkSync(join(LOCK, String(pid))), 'ENOENT');
  attempt(() => rmdirSync(LOCK), 'ENOENT', 'ENOTEMPTY', 'EEXIST');
}

/** @returns npm's exit code. */
function install(pids) {
  process.stderr.write('Installing what is missing, once; it may take some minutes…\n');
  // Node 24 itself is among the development dependencies, so they are wanted in every environment.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { stdio: ['ignore', 2, 2] };
  const child = npm ? spawn(process.execPath, [npm, ...args], options) : spawn('npm', args, { ...options, shell: true });
  if (child.pid !== undefined) {
    // npm goes on when this process is killed: until it ends, nobody else may install.
    pids.push(child.pid);
    writeFileSync(join(LOCK, String(child.pid)), '');
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`npm could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function ensureInstalled() {
  let hasSaid = false;
  while (!isInstalled()) {
    if (takeLock()) {
      const pids = [process.pid];
      try {
        return isInstalled() ? 0 : await install(pids);
      } finally {
        releaseLock(pids);
      }
    }
    if (!hasSaid) {
      const [pid] = holders();
      process.stderr.write(`Waiting for another command${pid === undefined ? '' : ` (process ${pid})`} that installs what is missing…\n`);
      hasSaid = true;
    }
    await pause(POLL_MS);
  }
  return 0;
}

try {
  process.exitCode = await ensureInstalled();
} catch (error) {
  process.stderr.write(`Could not install what is missing: ${error.message}\n`);
  process.exitCode = 1;
}
