import { loadProject } from '../config/load-project.ts';
import { locateStore } from '../store/open-store.ts';
import { compileProject } from '../wiring/compile-project.ts';

export interface MigrateOptions {
  readonly config: string;
}

/**
 * Brings the schema of the store to this version, as each `start` does, and ends. For deployments where the gateway's own role may
 * read and write tables, and not make them.
 * @throws Error where the store can't be reached, or a newer gateway has used it.
 */
export async function migrate({ config }: MigrateOptions): Promise<void> {
  const project = await compileProject(await loadProject(config));
  const store = locateStore(project.config.store, project.directory);
  await store.migrate();
  process.stdout.write(`${store.name}: the schema is that of this version\n`);
}
