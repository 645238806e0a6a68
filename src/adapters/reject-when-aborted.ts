/**
 * For a race with work that may not heed the signal.
 * @param cleanUp is called on abort, before the rejection.
 */
export function rejectWhenAborted(signal: AbortSignal, cleanUp: () => void = () => {}): { readonly promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    cleanUp();
    reject(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  // The other side of the race may win; nobody hears of this rejection then.
  promise.catch(() => {});
  return { promise, stop: () => signal.removeEventListener('abort', onAbort) };
}
