/** Where the browser has no storage, refuses it or it is full: what is kept is kept until the page is left. */
const memory: Record<string, unknown> = {};
const local: Record<string, unknown> = attempt(() => localStorage) ?? {};

export const read = (key: string): string | undefined => (memory[key] ?? local[key]) as string | undefined;

/** In one place only: what was kept while there was no room must not be read in place of what is said after it. */
export function write(key: string, value: string | number): void {
  remove(key);
  try {
    local[key] = value;
  } catch {
    memory[key] = value;
  }
}

export function remove(key: string): void {
  delete memory[key];
  delete local[key];
}

/** The keys that begin so, in order. */
export const keysOf = (prefix: string): string[] =>
  Object.keys({ ...memory, ...local })
    .filter((key) => key.startsWith(prefix))
    .sort();

/** Whatever goes wrong in the tag is never the page's problem. */
export function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {}
  return undefined;
}
