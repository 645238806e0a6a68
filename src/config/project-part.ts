/** A file or folder that a project consists of. `dev` watches it. */
export interface ProjectPart {
  /** Absolute. It may not exist (yet). */
  readonly path: string;
  /** True for a folder: every module in it is a part, also one that is added later. */
  readonly isFolder: boolean;
}

/** True for a file of this name that is loaded as a module of the project; false for type declarations, such as `x.d.ts`. */
export function isModule(path: string): boolean {
  return /\.m?[jt]s$/.test(path) && !/\.d\.m?ts$/.test(path);
}
