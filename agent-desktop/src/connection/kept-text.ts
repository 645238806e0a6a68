/** One thing in `sessionStorage`: gone with the tab, and in no other. */
export interface KeptText<Value> {
  readonly keep: (value: Value) => void;
  readonly read: () => Value | null;
  /** Reads and forgets. */
  readonly take: () => Value | null;
}

export function keptText<Value>(name: string): KeptText<Value> {
  const read = (): Value | null => {
    try {
      return JSON.parse(sessionStorage.getItem(name) ?? 'null') as Value | null;
    } catch {
      return null;
    }
  };
  return {
    keep: (value) => sessionStorage.setItem(name, JSON.stringify(value)),
    read,
    take: () => {
      const value = read();
      sessionStorage.removeItem(name);
      return value;
    },
  };
}
