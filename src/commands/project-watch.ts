import { type FSWatcher, watch } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { MODULE_EXTENSIONS, type ProjectPart } from '../config/project-part.ts';

/**
 * Notices changes of what a project is made of: the configuration, the schema, what is or comes into the folder of data sources, and the
 * modules that any of them imports by a path. Packages are not watched, nor what adapters read.
 */
export class ProjectWatch {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #next = Promise.withResolvers<void>();
  /** By `performance.now()`. */
  #changedAt = Number.NEGATIVE_INFINITY;

  /** @param config the configuration file: all that is known until the project was loaded for the first time. */
  constructor(config: string) {
    this.follow([{ path: resolve(config), isFolder: false }]);
  }

  /** Watches these as well. @param parts what a process that loads the project reports. */
  follow(parts: unknown): void {
    for (const { path, isFolder } of parts as readonly ProjectPart[]) {
      (isFolder ? this.#folders : this.#files).add(path);
      // Folders, not files: an editor that replaces a file leaves a watcher of the old one behind.
      this.#watch(dirname(path));
      if (isFolder) this.#watch(path);
    }
  }

  /** Resolves at the first change from now on, or when the signal is aborted. */
  async nextChange(signal: AbortSignal): Promise<void> {
    this.#next = Promise.withResolvers();
    const { promise, resolve: done } = this.#next;
    if (signal.aborted) return;
    signal.addEventListener('abort', () => done(), { once: true });
    await promise;
  }

  /** Milliseconds since the last change. */
  quietFor(): number {
    return performance.now() - this.#changedAt;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => this.#noticed(folder, name));
      // The folder was removed: its parent says when it is back.
      watcher.on('error', () => this.#watchers.delete(folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  #noticed(folder: string, name: string | null): void {
    const path = join(folder, name ?? '');
    const isModule = this.#folders.has(folder) && MODULE_EXTENSIONS.includes(extname(path));
    if (name !== null && !isModule && !this.#files.has(path) && !this.#folders.has(path)) return;
    // One that is there again is another one for the watcher.
    if (this.#folders.has(path)) {
      this.#watchers.get(path)?.close();
      this.#watchers.delete(path);
      this.#watch(path);
    }
    this.#changedAt = performance.now();
    this.#next.resolve();
  }
}
