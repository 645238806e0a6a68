import { createContext, useContext, useSyncExternalStore } from 'react';

/** What belongs to one open customer and outlives the components that show it: drafts, answers that were recorded. Gone with the tab. */
export class KeptThings {
  private readonly things = new Map<string, unknown>();

  get<Thing>(name: string, make: () => Thing): Thing {
    if (!this.things.has(name)) this.things.set(name, make());
    return this.things.get(name) as Thing;
  }
}

export const KeptContext = createContext<KeptThings | null>(null);

/** The open customer's one thing of this name; `make` is called when there is none yet. */
export function useKept<Thing>(name: string, make: () => Thing): Thing {
  const kept = useContext(KeptContext);
  if (kept === null) throw new Error('useKept: expected an OpenCustomerProvider around it, found none.');
  return kept.get(name, make);
}

/** As `useState`, but the value stays as long as the customer is open. The third reads it later, as it is then. */
export function useKeptState<Value>(name: string, initial: Value): [Value, (value: Value) => void, () => Value] {
  const cell = useKept(name, () => new Cell(initial));
  return [useSyncExternalStore(cell.subscribe, cell.get), cell.set, cell.get];
}

class Cell<Value> {
  private value: Value;
  private readonly listeners = new Set<() => void>();

  constructor(value: Value) {
    this.value = value;
  }

  readonly get = (): Value => this.value;

  readonly set = (value: Value): void => {
    this.value = value;
    for (const listener of this.listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
