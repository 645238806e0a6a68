import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProjectPart } from '../config/project-part.ts';
import { ProjectWatch } from './project-watch.ts';

/** Milliseconds without a change before a restart: many editors write a file in several steps. */
const QUIET_MS = 100;
/** Milliseconds in which a gateway has to end before it is killed. */
const END_TIMEOUT_MS = 10_000;

/** The variable that is set for the gateway that `dev` runs: it reports the files of its project, and ends when `dev` has ended. */
export const DEV_CHILD = 'CUSTOMER_PROFILE_GATEWAY_DEV';
/** The variable by which that gateway gets `DevOptions.routes`. */
export const DEV_ROUTES = 'CUSTOMER_PROFILE_GATEWAY_DEV_ROUTES';

export interface DevOptions {
  readonly config: string;
  /** 0 means any free port, which later starts keep. */
  readonly port: number;
  readonly host?: string;
  /** As for `start`. */
  readonly routes?: string | undefined;
}

/**
 * Runs `start` in a process of its own, and starts it again at the same port whenever a file of the project changes. One gateway runs at
 * a time. The project is tried first: while it has a mistake, which is printed, the running gateway goes on as it was. A signal ends all
 * processes; a second one does not wait for the gateway.
 */
export async function dev({ config, port, host, routes }: DevOptions): Promise<void> {
  const watch = new ProjectWatch(config);
  const stopping = new AbortController();
  const { signal } = stopping;
  let servedPort = port;
  let serves = false;
  let child: ChildProcess | undefined;
  const onSignal = () => {
    if (signal.aborted) child?.kill('SIGKILL');
    stopping.abort();
  };
  const onMessage = (message: unknown) => {
    if (isParts(message)) watch.follow(message);
    if (!isServing(message)) return;
    servedPort = message.port;
    serves = true;
  };
  const onExit = (code: number | null) => {
    if (code !== 0 && !signal.aborted) process.stderr.write('no gateway runs now; it starts again when something changes\n');
  };
  const quiet = async () => {
    while (!signal.aborted && watch.quietFor() < QUIET_MS) await pause(QUIET_MS);
  };
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const name of signals) process.on(name, onSignal);
  try {
    while (!signal.aborted) {
      // The process that starts now reads all changes up to here.
      const changed = watch.nextChange(signal);
      const flags = ['--config', config, '--port', String(servedPort), ...(host === undefined ? [] : ['--host', host])];
      serves = false;
      child = fork('cli', ['start', ...flags], 'inherit', onMessage, { [DEV_ROUTES]: routes });
      child.once('exit', onExit);
      await changed;
      await quiet();
      while (!signal.aborted && isRunning(child)) {
        const triedAt = performance.now();
        const changedAgain = watch.nextChange(signal);
        const isRight = await tryProject(config, onMessage, signal);
        if (isRight && watch.quietFor() > performance.now() - triedAt) break;
        if (!isRight && !signal.aborted) {
          // A gateway that is still starting has the same mistake, and reports it itself.
          if (serves && isRunning(child)) {
            process.stderr.write('the gateway goes on as it was before this change; it starts again when the mistake is mended\n');
          }
          await changedAgain;
        }
        await quiet();
      }
      if (!signal.aborted) process.stdout.write(`${relative(process.cwd(), watch.changed ?? config)} changed: starting again\n`);
      child.off('exit', onExit);
      await end(child);
    }
  } finally {
    watch.close();
    for (const name of signals) process.off(name, onSignal);
  }
}

/** True for the parts of the project. A module of the owner's may send messages of its own, such as `ready` for a process manager. */
function isParts(message: unknown): message is readonly ProjectPart[] {
  return Array.isArray(message) && message.every((part) => typeof part?.path === 'string' && typeof part.isFolder === 'boolean');
}

/** True for the message that `start` sends when it serves. */
function isServing(message: unknown): message is { readonly port: number } {
  return typeof message === 'object' && message !== null && 'port' in message;
}

/** @returns true if the project can be loaded and compiled, which does not start it. */
async function tryProject(config: string, onMessage: (message: unknown) => void, signal: AbortSignal): Promise<boolean> {
  // Output of the owner's modules is ignored here: they print it again in the gateway.
  const trial = fork('commands/try-project', [config], 'ignore', onMessage);
  const stop = () => trial.kill('SIGKILL');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const [code] = await once(trial, 'exit');
  signal.removeEventListener('abort', stop);
  return code === 0;
}

/** @param program a module of `src/`, without its extension. */
function fork(
  program: string,
  args: readonly string[],
  stdout: 'inherit' | 'ignore',
  onMessage: (message: unknown) => void,
  variables: NodeJS.ProcessEnv = {},
): ChildProcess {
  const file = new URL(`../${program}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const env = { ...process.env, ...variables, [DEV_CHILD]: '1' };
  const stdio = ['inherit', stdout, 'inherit', 'ipc'] as const;
  return spawn(process.execPath, [fileURLToPath(file), ...args], { stdio: [...stdio], env }).on('message', onMessage);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
