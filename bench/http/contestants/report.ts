/** What a contestant says when it is asked. */
export interface Usage {
  /** Of the whole process since its start, threads and garbage collection included, in milliseconds. */
  readonly cpu: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** Heap in use after a collection, in bytes; 0 without `--expose-gc`. */
  readonly heapUsed: number;
}

/** Tells the parent the port; from then on answers every message with the usage of this process. Ends with its parent. */
export function report(port: number): void {
  process.on('message', ({ collect = false }: { readonly collect?: boolean }) => {
    if (collect) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const heapUsed = collect && globalThis.gc ? process.memoryUsage().heapUsed : 0;
    process.send?.({ cpu: (user + system) / 1_000, rss: process.memoryUsage.rss(), heapUsed } satisfies Usage);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ port });
}
