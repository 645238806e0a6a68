/** Used when the browser has no storage, refuses it, or it is full. Values last until the page is left. */
const memory: Record<string, unknown> = {};

/** Runs `run`; undefined when it throws. An error of the tag must never reach the page. */
export function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {}
  return undefined;
}

const local: Record<string, unknown> = attempt(() => localStorage) ?? {};

export const read = (key: string): string | undefined => (memory[key] ?? local[key]) as string | undefined;

/** Writes to one of the two, and removes from the other: an old value in `memory` would hide a new one in `local`. */
export function write(key: string, value: string | number | boolean): void {
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

/** The keys that begin with `prefix`, sorted. */
export const keysOf = (prefix: string): string[] =>
  Object.keys({ ...memory, ...local })
    .filter((key) => key.startsWith(prefix))
    .sort();
