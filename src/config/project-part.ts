/** Something that a project is made of. */
export interface ProjectPart {
  /** Absolute. It need not be there (yet). */
  readonly path: string;
  /** Then every module in it is a part, also one that comes later. */
  readonly isFolder: boolean;
}

/** What is loaded from a folder. */
export const MODULE_EXTENSIONS: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];
