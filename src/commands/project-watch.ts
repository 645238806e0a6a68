import { type FSWatcher, watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isModule, type ProjectPart } from '../config/project-part.ts';

/**
 * Watches the files of a project: the configuration, the schema, the modules in the folders of data sources and offers (also
 * those that are added later), and the modules that any of them imports by a path. Packages are not watched, nor the files that
 * adapters read.
 */
export class ProjectWatch {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #next = Promise.withResolvers<void>();
  /** By `performance.now()`. */
  #changedAt = Number.NEGATIVE_INFINITY;
  #changed: string | null = null;

  /** @param config the configuration file. The other files are known when the project was loaded for the first time. */
  constructor(config: string) {
    this.follow([{ path: resolve(config), isFolder: false }]);
  }

  /** Watches these files and folders as well. */
  follow(parts: readonly ProjectPart[]): void {
    for (const { path, isFolder } of parts) {
      (isFolder ? this.#folders : this.#files).add(path);
      // Its folder, not the file: when an editor replaces a file, a watcher of the file goes on watching the old one.
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

  /** The path that changed last; null where none has changed yet. */
  get changed(): string | null {
    return this.#changed;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => this.#noticed(folder, name));
      // The folder was removed. The watcher of its parent reports when it exists again.
      watcher.on('error', () => this.#watchers.delete(folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  #noticed(folder: string, name: string | null): void {
    const path = join(folder, name ?? '');
    const isInFolder = this.#folders.has(folder) && isModule(path);
    if (name !== null && !isInFolder && !this.#files.has(path) && !this.#folders.has(path)) return;
    // A folder that was removed and made again needs a new watcher.
    if (this.#folders.has(path)) {
      this.#watchers.get(path)?.close();
      this.#watchers.delete(path);
      this.#watch(path);
    }
    this.#changedAt = performance.now();
    this.#changed = path;
    this.#next.resolve();
  }
}
