import { GCProfiler } from 'node:v8';
import { runCommand } from '../../src/cli.ts';

const profiler = new GCProfiler();
profiler.start();

/**
 * The gateway's command, which prints at its end how much memory it kept at most: the most that was left after a full garbage
 * collection. Resident memory says less: most of it is SQLite's page cache, and garbage that was not collected yet.
 */
process.on('exit', () => {
  const full = (profiler.stop()?.statistics ?? []).filter(({ gcType }) => gcType === 'MarkSweepCompact');
  const kept = full.map(({ afterGC: { heapStatistics: heap } }) => heap.usedHeapSize + heap.externalMemory);
  process.stderr.write(
    `kept: ${Math.max(...kept)} bytes after ${kept.length} collections\npeak memory: ${process.resourceUsage().maxRSS} KiB\n`,
  );
});
process.exitCode = await runCommand(process.argv.slice(2));
