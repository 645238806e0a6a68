/** One kind of database, behind what `sqlAdapter` needs of it. Drivers are loaded on first use: a start needs none. */
export interface SqlDatabase {
  /**
   * Runs the owner's query, in which `$keys` stands for the keys.
   * @returns the rows. Rejects when the signal aborts, and gives the connection up then.
   */
  query(query: string, keys: readonly string[], signal: AbortSignal): Promise<readonly unknown[]>;
  /** A column's name as it stands in a statement, and never as anything else. */
  quote(name: string): string;
  /** True for an error that one of these keys can have caused for the whole statement: it has no row then, and the others may. */
  isBadKey(error: unknown, keys: readonly string[]): boolean;
  close(): Promise<void>;
  /** Sets the folder at which the path of a database file starts. */
  startIn?(folder: string): void;
}

/** How a database is connected to. */
export interface SqlConnectOptions {
  /** Connections at the same time: as many as the source's policy lets it make calls. */
  readonly connections: number;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

/** `$keys`, wherever it stands as a word of its own. */
export const KEYS = /\$keys\b/g;
