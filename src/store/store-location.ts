import type { IdentityRules } from '../identity/identity-rules.ts';
import type { Store } from '../model/ports.ts';
import type { Trait } from '../model/trait.ts';
import type { Retention } from './plan/forget-offers.ts';

export interface StoreOptions {
  /** What the identity graph does with identifiers. */
  readonly rules: IdentityRules;
  /** What is computed from interactions; left out, the store's counters stay as they are. */
  readonly traits?: readonly Trait[];
  /** How long what nobody asks to erase is kept, in milliseconds. Default: decisions 365 days. */
  readonly retention?: Retention;
  /** Gets a line for the log when the store can't be reached, when it can again, and the like; it names no password. */
  readonly report?: (message: string) => void;
}

/** A store that is not open; perhaps nothing has made it yet. */
export interface StoreLocation {
  /** What messages call it; holds no password. */
  readonly name: string;
  /** An absolute path: the folder for the gateway's own files that belong to the store. */
  readonly folder: string;
  /** True when a gateway has made the store. */
  exists(): Promise<boolean>;
  /**
   * Makes the store where there is none, brings its schema to this version, and counts what new traits need.
   * @throws Error where it can't be reached, or a newer gateway has used it.
   */
  open(options: StoreOptions): Promise<Store>;
  /**
   * Writes the store into a file as it is at one moment, also while gateways use it. The copy can be used as a store.
   * @param file exists and is empty. @throws Error when the store can't be read, or the file can't be written.
   */
  copyTo(file: string): Promise<void>;
}
