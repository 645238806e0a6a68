/** The names that this tab has. */
const held = new Set<string>();

/**
 * True in one of the tabs that call this with the same name, for as long as that tab is open. A tab that the browser duplicates has a
 * copy of the storage of its tab, and must not use what is good once.
 */
export async function isOnlyTab(name: string): Promise<boolean> {
  // Only pages with TLS have locks; without it there is no sign-in at an issuer either.
  if (held.has(name) || navigator.locks === undefined) return true;
  await new Promise<void>((resolve, reject) => {
    const untilTheEnd = new Promise<never>(() => {});
    const take = (lock: Lock | null) => {
      if (lock !== null) held.add(name);
      resolve();
      return lock === null ? undefined : untilTheEnd;
    };
    navigator.locks.request(name, { ifAvailable: true }, take).catch(reject);
  });
  return held.has(name);
}
