import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** A contestant's answer to a question about its usage. */
export interface Usage {
  /** CPU time of the whole process since its start, threads and garbage collection included. Milliseconds. */
  readonly cpu: number;
  /** Resident memory. Bytes. */
  readonly rss: number;
  /** Heap in use after a collection. Bytes; 0 without `--expose-gc`. */
  readonly heapUsed: number;
}

/** The question. */
export interface Question {
  /** True: collect garbage first. */
  readonly collect?: boolean;
  /** Begins a CPU profile, or ends it and writes it to this file. */
  readonly profile?: 'begin' | { readonly file: string };
}

/** Sends the port to the parent process, then answers every message with the usage of this process. Ends when the parent ends. */
export function report(port: number): void {
  const session = new Session();
  process.on('message', async ({ collect = false, profile }: Question) => {
    if (collect) globalThis.gc?.();
    if (profile === 'begin') {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
    } else if (profile !== undefined) {
      writeFileSync(profile.file, JSON.stringify((await session.post('Profiler.stop')).profile));
    }
    const { user, system } = process.cpuUsage();
    const heapUsed = collect && globalThis.gc ? process.memoryUsage().heapUsed : 0;
    process.send?.({ cpu: (user + system) / 1_000, rss: process.memoryUsage.rss(), heapUsed } satisfies Usage);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ port });
}
