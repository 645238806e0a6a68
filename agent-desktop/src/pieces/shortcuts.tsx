import { createContext, type ReactNode, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { lastingStorage } from '../model/page-storage.ts';
import { isPressed, isSingleKey } from './keys.ts';

/** The part of the desk that a key belongs to, for the list of all keys. */
export type ShortcutGroup = 'desk' | 'who' | 'journey' | 'actions' | 'identity';

export interface Shortcut {
  /** As `keys.ts` describes: `n`, `Alt+1`, `Mod+Enter`, `Escape`. */
  readonly key: string;
  /** What it does, for the list of all keys. */
  readonly label: string;
  readonly run: () => void;
  /** False while it does nothing. Default: true. */
  readonly isOn?: boolean;
  /** True: works in text fields as well. Default: only keys with `Mod` or `Alt`, and F1 to F12. */
  readonly inFields?: boolean;
}

interface Entry {
  current: Shortcut;
  /** The sheet that it belongs to: 0 for the page. */
  readonly layer: number;
  readonly group: ShortcutGroup;
}

interface Registry {
  readonly add: (entry: Entry) => () => void;
  /** Opens a layer above the page, where only its own keys work. */
  readonly addLayer: () => () => void;
  readonly list: () => readonly (Shortcut & { readonly group: ShortcutGroup })[];
  readonly isOn: boolean;
  readonly setOn: (isOn: boolean) => void;
}

const RegistryContext = createContext<Registry | null>(null);
const LayerContext = createContext(0);
const GroupContext = createContext<ShortcutGroup>('desk');
const KEPT_AS = 'agent-desktop.single-keys';

/** Hears every key once, at the window. Of several shortcuts with one key, the one that came last wins. */
export function ShortcutsProvider({ children }: { readonly children: ReactNode }) {
  const entries = useRef<readonly Entry[]>([]);
  const layers = useRef(0);
  const [isOn, setIsOn] = useState(() => lastingStorage.getItem(KEPT_AS) !== 'off');
  const registry = useMemo<Registry>(
    () => ({
      add: (entry) => {
        entries.current = [...entries.current, entry];
        return () => {
          entries.current = entries.current.filter((other) => other !== entry);
        };
      },
      addLayer: () => {
        layers.current += 1;
        return () => {
          layers.current -= 1;
        };
      },
      list: () => entries.current.map(({ current, group }) => ({ ...current, group })),
      isOn,
      setOn: (next) => {
        lastingStorage.setItem(KEPT_AS, next ? 'on' : 'off');
        setIsOn(next);
      },
    }),
    [isOn],
  );

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const inField = isTextField(event.target);
      const entry = entries.current.findLast(
        ({ current, layer }) =>
          layer === layers.current &&
          current.isOn !== false &&
          isPressed(current.key, event) &&
          (isOn || !isSingleKey(current.key)) &&
          (!inField || (current.inFields ?? /^(Mod|Alt)\+|^F\d/.test(current.key))),
      );
      if (entry === undefined) return;
      event.preventDefault();
      entry.current.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isOn]);

  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** Around what floats above the page and keeps the focus: while it is shown, only the keys inside work. */
export function ShortcutLayer({ children }: { readonly children: ReactNode }) {
  const registry = useContext(RegistryContext);
  const layer = useContext(LayerContext) + 1;
  useLayoutEffect(() => registry?.addLayer(), [registry]);
  return <LayerContext value={layer}>{children}</LayerContext>;
}

/** Around a part of the desk: the list of all keys shows those inside together. */
export function ShortcutGroupProvider({ group, children }: { readonly group: ShortcutGroup; readonly children: ReactNode }) {
  return <GroupContext value={group}>{children}</GroupContext>;
}

/** A key that does something as long as this component is shown: from the moment on when it is, or a fast press would be lost. */
export function useShortcut(shortcut: Shortcut): void {
  const registry = useContext(RegistryContext);
  const layer = useContext(LayerContext);
  const group = useContext(GroupContext);
  const entry = useRef<Entry>({ current: shortcut, layer, group });
  useLayoutEffect(() => {
    entry.current.current = shortcut;
  });
  useLayoutEffect(() => registry?.add(entry.current), [registry]);
}

/** Whether keys of a single sign are switched on. */
export const useShortcutsOn = (): boolean => useContext(RegistryContext)?.isOn ?? true;

/** For the list of all keys, and its switch. */
export function useShortcuts(): Pick<Registry, 'list' | 'isOn' | 'setOn'> {
  const registry = useContext(RegistryContext);
  if (registry === null) throw new Error('useShortcuts: expected a ShortcutsProvider around it, found none.');
  return registry;
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
