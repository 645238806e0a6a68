/** What will be there, or the reason why not. Unlike a promise it can be looked at, and who waits is called at once. */
export interface Eventual<Value> {
  readonly isSettled: boolean;
  /** @throws the reason why there is none. To be asked for once it is settled. */
  value(): Value;
  /** Calls back when it is settled, or now if it is. The listener must not throw. */
  whenSettled(listener: () => void): void;
  /** The same as a promise. */
  promise(): Promise<Value>;
}

const NO_LISTENERS: readonly (() => void)[] = [];

/** An `Eventual` that its maker settles, once. It makes no promise unless somebody asks for one. */
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
      // Who asked may not be interested any more; nobody hears of the failure then.
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

/** Of a promise, settled when that is. */
export function eventually<Value>(promise: PromiseLike<Value>): Eventual<Value> {
  const deferred = new Deferred<Value>();
  promise.then(
    (value) => deferred.resolve(value),
    (reason) => deferred.reject(reason),
  );
  return deferred;
}

/** One that there will never be, for this reason. */
export function failed<Value>(reason: unknown): Eventual<Value> {
  const deferred = new Deferred<Value>();
  deferred.reject(reason);
  return deferred;
}

/** One that is there already. */
export function settled<Value>(value: Value): Eventual<Value> {
  const deferred = new Deferred<Value>();
  deferred.resolve(value);
  return deferred;
}
