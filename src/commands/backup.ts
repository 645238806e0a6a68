import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadProject } from '../config/load-project.ts';
import { locateStore } from '../store/open-store.ts';
import { compileProject } from '../wiring/compile-project.ts';

export interface BackupOptions {
  readonly config: string;
}

/**
 * Copies the store as it is at one moment, also while a gateway runs. The copy can be used as a store.
 * @throws Error when there is no store, when it is a server's, whose own tools copy it, when `file` exists, or when the copy can't be written.
 */
export async function backup(file: string, { config }: BackupOptions): Promise<void> {
  const project = await compileProject(await loadProject(config));
  const store = locateStore(project.config.store, project.directory);
  if (store.copiedBy !== null) throw new Error(`backup: ${store.copiedBy}`);
  if (!(await store.exists())) {
    throw new Error(
      `backup: expected a store at ${store.name} (\`store\` in ${config}), there is none: it is made when the gateway starts`,
    );
  }
  if (existsSync(file)) throw new Error(`backup: expected a file that does not exist yet, ${file} does: name another, or remove it`);
  // Under another name until it is complete, so an interrupted copy is not taken for a backup.
  const unfinished = `${file}.unfinished`;
  createPrivately(unfinished);
  try {
    await store.copyTo(unfinished);
    if (existsSync(file)) throw new Error(`${file} was made by another program meanwhile`);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new Error(
      `backup: could not copy the store to ${file} (${(error as Error).message}). Check the space that is left there, then try again`,
    );
  }
  process.stdout.write(`${resolve(file)}: a copy of ${store.name}\n`);
}

/** Makes the file for its owner only, because the copy contains personal data. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new Error(`backup: ${file} is there, from a backup that runs or was interrupted: when none runs, remove it and try again`);
    }
    throw new Error(`backup: expected a file in a folder that can be written to, ${file} can't be made (${code})`);
  }
}
