import { GCProfiler } from 'node:v8';
import { runCommand } from '../../src/cli.ts';

const profiler = new GCProfiler();
profiler.start();

/**
 * The command, which says at its end how much memory it kept at most: what was left after a full collection of the
 * garbage. Resident memory says less: most of it is SQLite's page cache, and garbage that need not be collected yet.
 */
process.on('exit', () => {
  const full = (profiler.stop()?.statistics ?? []).filter(({ gcType }) => gcType === 'MarkSweepCompact');
  const kept = full.map(({ afterGC: { heapStatistics: heap } }) => heap.usedHeapSize + heap.externalMemory);
  process.stderr.write(
    `kept: ${Math.max(...kept)} bytes after ${kept.length} collections\npeak memory: ${process.resourceUsage().maxRSS} KiB\n`,
  );
});
process.exitCode = await runCommand(process.argv.slice(2));
