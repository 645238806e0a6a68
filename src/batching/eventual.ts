/** A value that will be available, or the reason why not. Unlike a promise it can be read synchronously, and listeners are called synchronously. */
export interface Eventual<Value> {
  readonly isSettled: boolean;
  /** The value, once it is settled. @throws the reason why there is none. */
  value(): Value;
  /** Calls back when it is settled, or now if it is. The listener must not throw. */
  whenSettled(listener: () => void): void;
  /** The same as a promise. */
  promise(): Promise<Value>;
}

const NO_LISTENERS: readonly (() => void)[] = [];

/** An `Eventual` that its maker settles, once. It makes a promise only when one is asked for. */
export class Deferred<Value> implements Eventual<Value> {
  #isSettled = false;
  #hasFailed = false;
  #value: Value | undefined;
  #reason: unknown;
  #listeners: readonly (() => void)[] = NO_LISTENERS;
  #promise: Promise<Value> | undefined;

  get isSettled(): boolean {
    return this.#isSettled;
  }

  value(): Value {
    if (this.#hasFailed) throw this.#reason;
    if (!this.#isSettled) throw new Error('asked for a value that is not there yet');
    return this.#value as Value;
  }

  whenSettled(listener: () => void): void {
    if (this.#isSettled) listener();
    else if (this.#listeners === NO_LISTENERS) this.#listeners = [listener];
    else (this.#listeners as (() => void)[]).push(listener);
  }

  promise(): Promise<Value> {
    if (this.#promise === undefined) {
      this.#promise = new Promise((resolve, reject) => {
        this.whenSettled(() => (this.#hasFailed ? reject(this.#reason) : resolve(this.#value as Value)));
      });
      // The caller may have dropped the promise; its rejection must not end the process.
      this.#promise.catch(() => {});
    }
    return this.#promise;
  }

  resolve(value: Value): void {
    if (this.#isSettled) return;
    this.#value = value;
    this.#settle();
  }

  reject(reason: unknown): void {
    if (this.#isSettled) return;
    this.#reason = reason;
    this.#hasFailed = true;
    this.#settle();
  }

  #settle(): void {
    this.#isSettled = true;
    const listeners = this.#listeners;
    this.#listeners = NO_LISTENERS;
    for (const listener of listeners) listener();
  }
}

/** An `Eventual` that is settled when the promise is. */
export function eventually<Value>(promise: PromiseLike<Value>): Eventual<Value> {
  const deferred = new Deferred<Value>();
  promise.then(
    (value) => deferred.resolve(value),
    (reason) => deferred.reject(reason),
  );
  return deferred;
}

/** An `Eventual` that has failed. */
export function failed<Value>(reason: unknown): Eventual<Value> {
  const deferred = new Deferred<Value>();
  deferred.reject(reason);
  return deferred;
}

/** An `Eventual` with its value. */
export function settled<Value>(value: Value): Eventual<Value> {
  const deferred = new Deferred<Value>();
  deferred.resolve(value);
  return deferred;
}
