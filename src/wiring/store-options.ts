import type { StoreOptions } from '../store/store-location.ts';
import type { CompiledProject } from './compile-project.ts';

/**
 * The options with which every command opens the store of a project. They must be the same: the store drops the counters of traits
 * that it is opened without, and has to count them again when a later command opens it with them.
 */
export function storeOptionsOf({ config, traits, offers }: Pick<CompiledProject, 'config' | 'traits' | 'offers'>): StoreOptions {
  return { rules: config.identity, traits: [...traits, ...(offers?.traits ?? [])], retention: config.retention };
}
