/** A storage of the browser as the desktop uses it. */
export interface PageStorage {
  readonly getItem: (name: string) => string | null;
  readonly setItem: (name: string, value: string) => void;
  readonly removeItem: (name: string) => void;
}

/** Outlives the tab: choices such as the language, and never anything of a customer. */
export const lastingStorage: PageStorage = orMemory(() => localStorage);

/** Gone with the tab. */
export const tabStorage: PageStorage = orMemory(() => sessionStorage);

/**
 * In a frame of another site a browser may refuse both storages, as it refuses third-party cookies: to touch one throws. Then the page
 * remembers until it is closed.
 */
function orMemory(find: () => Storage): PageStorage {
  const memory = new Map<string, string>();
  let found: Storage | null | undefined;
  const storage = (): Storage | null => {
    try {
      found ??= find();
    } catch {
      found = null;
    }
    return found ?? null;
  };
  return {
    getItem: (name) => storage()?.getItem(name) ?? memory.get(name) ?? null,
    setItem: (name, value) => {
      try {
        const kept = storage();
        if (kept === null) memory.set(name, value);
        else kept.setItem(name, value);
      } catch {
        memory.set(name, value);
      }
    },
    removeItem: (name) => {
      memory.delete(name);
      storage()?.removeItem(name);
    },
  };
}
