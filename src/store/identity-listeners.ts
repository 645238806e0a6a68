import type { ChangedIdentities } from '../model/identity.ts';

/** Who is called when this process has changed what look-ups of identities answer (`IdentityStore.onIdentityChange`). */
export class IdentityListeners {
  readonly #listeners: ((changed: ChangedIdentities) => void)[] = [];

  add(listener: (changed: ChangedIdentities) => void): void {
    this.#listeners.push(listener);
  }

  /** To be called before the promise of the write resolves. */
  call(changed: ChangedIdentities): void {
    if (changed.customers.length === 0 && changed.cookies.length === 0) return;
    for (const listener of this.#listeners) listener(changed);
  }
}
