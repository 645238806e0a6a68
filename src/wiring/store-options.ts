import type { StoreOptions } from '../store/store-location.ts';
import type { CompiledProject } from './compile-project.ts';

/**
 * With what the store of a project is opened, by every command alike: the store drops a counter that it is opened without, and
 * counts it anew when it is opened with it again.
 */
export function storeOptionsOf({ config, traits, offers }: Pick<CompiledProject, 'config' | 'traits' | 'offers'>): StoreOptions {
  return { rules: config.identity, traits: [...traits, ...(offers?.traits ?? [])], retention: config.retention };
}
