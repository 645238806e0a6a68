import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Many editors write a file in several steps; a restart waits until it has been quiet for so long. */
const QUIET_MS = 100;

/**
 * Runs `start` in a process of its own, and again whenever the configuration, the schema or a data source
 * changes. A mistake is printed, and the next change is waited for.
 * @param startArguments the command line of `start`.
 */
export async function dev(config: string, startArguments: readonly string[]): Promise<void> {
  const stop = Promise.withResolvers<void>();
  let child: ChildProcess = run(startArguments);
  let timer: NodeJS.Timeout | undefined;

  const restart = async () => {
    process.stdout.write('changed: starting again\n');
    await end(child);
    child = run(startArguments);
  };
  const watchers = watchedPaths(config).map((path) =>
    watch(path, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void restart(), QUIET_MS);
    }),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop.resolve);
  await stop.promise;
  clearTimeout(timer);
  for (const watcher of watchers) watcher.close();
  await end(child);
}

/** Folders, not files: an editor that replaces a file leaves a watcher of the old one behind. */
function watchedPaths(config: string): string[] {
  const directory = dirname(resolve(config));
  return [directory, resolve(directory, 'datasources')].filter((path) => existsSync(path));
}

function run(startArguments: readonly string[]): ChildProcess {
  const cli = new URL(import.meta.url.endsWith('.ts') ? '../cli.ts' : '../cli.js', import.meta.url);
  return spawn(process.execPath, [cli.pathname, ...startArguments], { stdio: 'inherit' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
