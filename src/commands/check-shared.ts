import { inspectRedis } from '../redis/inspect-redis.ts';
import type { CompiledProject } from '../wiring/compile-project.ts';
import { showError } from './terminal-text.ts';

/** Reports whether the Redis that replicas share can be reached. Without one there is no line. @returns true if it can. */
export async function checkShared({ config: { shared } }: CompiledProject): Promise<boolean> {
  if (shared === undefined) return true;
  // A URL may have a password, which is no affair of a terminal.
  const { host } = new URL(shared);
  const started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  try {
    const { version } = await inspectRedis(shared);
    process.stdout.write(`  shared (Redis${version === null ? '' : ` ${version}`}, ${host}): reached, ${took()}\n`);
    return true;
  } catch (error) {
    process.stdout.write(`  shared (Redis, ${host}): cannot be used, ${took()}: ${showError(error)}\n`);
    return false;
  }
}
