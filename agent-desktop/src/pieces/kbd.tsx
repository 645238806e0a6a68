import { printedKeys } from './keys.ts';
import { useShortcutsOn } from './shortcuts.tsx';

/** A key as it is printed on a button. Nothing while single letters are switched off, since the key does nothing then. */
export function Kbd({ keys }: { readonly keys: string }) {
  const isOn = useShortcutsOn();
  if (!isOn && keys.length === 1) return null;
  return <kbd aria-hidden="true">{printedKeys(keys)}</kbd>;
}
