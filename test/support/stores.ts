import { join } from 'node:path';
import type { IdentityRules } from '../../src/identity/identity-rules.ts';
import type { Store } from '../../src/model/ports.ts';
import type { Trait } from '../../src/model/trait.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

/** Every implementation of the ports. What is opened twice in one directory is the same store. */
export const STORES: Readonly<Record<string, (directory: string, rules: IdentityRules, traits?: readonly Trait[]) => Store>> = {
  SQLite: (directory, rules, traits) => new SqliteStore(join(directory, 'graph.db'), rules, traits),
};
