import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ProjectWatch } from './project-watch.ts';

/** Many editors write a file in several steps; a restart waits until it has been quiet for so long. */
const QUIET_MS = 100;
/** A gateway that does not end in this time is killed. */
const END_TIMEOUT_MS = 10_000;

/** Set for the gateway that `dev` runs: it reports what its project is made of, and ends when `dev` is gone. */
export const DEV_CHILD = 'CUSTOMER_PROFILE_GATEWAY_DEV';

/**
 * Runs `start` in a process of its own, and again, one at a time, whenever something changes that the project is made of. A mistake is
 * printed, and the next change is waited for. A signal ends both processes; a second one does not wait for the gateway.
 * @param startArguments the command line of `start`.
 */
export async function dev(config: string, startArguments: readonly string[]): Promise<void> {
  const watch = new ProjectWatch(config);
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  const onSignal = () => {
    if (stopping.signal.aborted) child?.kill('SIGKILL');
    stopping.abort();
  };
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    while (!stopping.signal.aborted) {
      // What has changed up to here is read by the process that starts now.
      const changed = watch.nextChange(stopping.signal);
      child = run(startArguments, (parts) => watch.follow(parts));
      await changed;
      while (!stopping.signal.aborted && watch.quietFor() < QUIET_MS) await pause(QUIET_MS);
      if (!stopping.signal.aborted) process.stdout.write('changed: starting again\n');
      await end(child);
    }
  } finally {
    watch.close();
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function run(startArguments: readonly string[], onParts: (parts: unknown) => void): ChildProcess {
  const cli = new URL(import.meta.url.endsWith('.ts') ? '../cli.ts' : '../cli.js', import.meta.url);
  const env = { ...process.env, [DEV_CHILD]: '1' };
  return spawn(process.execPath, [fileURLToPath(cli), ...startArguments], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env }).on(
    'message',
    onParts,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
