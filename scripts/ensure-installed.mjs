// Runs on npm's own Node (20 and later), before anything is installed. So it is plain JavaScript, and imports only Node's modules.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const INSTALLED = 'node_modules/.package-lock.json';
const LOCK_FILE = 'package-lock.json';
/**
 * The lock: a folder whose files are named by the ids of the processes that hold it: the command and its npm. It is not in node_modules,
 * because `npm ci` removes that folder.
 */
const LOCK = '.installing';
const POLL_MS = 200;

/** npm writes this file last. */
function isInstalled() {
  return existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK_FILE).mtimeMs;
}

/** @returns false when the action failed with one of these error codes. @throws every other error. */
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
  // EPERM: the process belongs to another user.
  let alive = true;
  attempt(() => {
    alive = attempt(() => process.kill(pid, 0), 'ESRCH');
  }, 'EPERM');
  return alive;
}

/**
 * Takes the lock unless a living process holds it. A rename over another folder is one step, and works only when that folder is empty.
 * So the lock is never without its holder's file, and only the files of processes that have ended are removed.
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
    // npm goes on when this process is killed. No other process may install until npm has ended.
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
