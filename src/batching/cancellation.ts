/**
 * Says that a call's answer is not needed any more, and why. It does the work of an `AbortController`, which it becomes
 * only when `signal` is read: its listeners cost a tenth of those of an `AbortSignal`.
 */
export class Cancellation {
  #listeners: (() => void)[] = [];
  #controller: AbortController | undefined;
  #isCancelled = false;
  #reason: unknown;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** The argument of `cancel`. */
  get reason(): unknown {
    return this.#reason;
  }

  /** The same as an `AbortSignal`. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isCancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Only the first call counts. */
  cancel(reason: unknown): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** Calls back on `cancel`, or now if that was before. @returns a function that removes the listener. */
  onCancel(listener: () => void): () => void {
    if (this.#isCancelled) {
      listener();
      return () => {};
    }
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at !== -1) this.#listeners.splice(at, 1);
    };
  }

  /** A cancellation that is cancelled with this one, and can be cancelled without it. */
  child(): Cancellation {
    const child = new Cancellation();
    const stop = this.onCancel(() => child.cancel(this.#reason));
    child.onCancel(stop);
    return child;
  }
}

/** The property under which a context has the `Cancellation` that its `signal` stands for. */
export const CANCELLATION = Symbol('cancellation');

interface Cancellable {
  readonly signal: AbortSignal;
  readonly [CANCELLATION]?: Cancellation;
}

/** Calls back when the context's call is cancelled, or now if it was before. @returns a function that removes the listener. */
export function onCancel(context: Cancellable, listener: () => void): () => void {
  const cancellation = context[CANCELLATION];
  if (cancellation !== undefined) return cancellation.onCancel(listener);
  const { signal } = context;
  if (signal.aborted) listener();
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/**
 * A promise that rejects when the signal aborts, for a race with work that may not heed the signal.
 * @param cleanUp is called on abort, before the rejection.
 * @returns the promise, and `stop`, which removes the listener.
 */
export function rejectWhenAborted(signal: AbortSignal, cleanUp: () => void = () => {}): { readonly promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    cleanUp();
    reject(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  // The other side of the race may win; then nothing handles this rejection.
  promise.catch(() => {});
  return { promise, stop: () => signal.removeEventListener('abort', onAbort) };
}
