import type { StoreOptions } from '../store/store-location.ts';
import type { CompiledProject } from './compile-project.ts';

/**
 * With what the store of a project is opened, by every command alike: a counter that one of them leaves out is not counted by
 * it, and is counted again at the next start.
 */
export function storeOptionsOf({ config, traits, offers }: Pick<CompiledProject, 'config' | 'traits' | 'offers'>): StoreOptions {
  return { rules: config.identity, traits: [...traits, ...(offers?.traits ?? [])], retention: config.retention };
}
