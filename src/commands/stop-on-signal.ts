/** Aborts at the first signal, so that the command ends where it can go on later. The second signal ends the process. */
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
