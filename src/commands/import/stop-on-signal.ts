/** The first signal ends the import between two batches; the second one ends the process. */
export function stopOnSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => {
    release();
    controller.abort();
  };
  const release = () => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  return { signal: controller.signal, release };
}
