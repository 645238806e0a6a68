import { printedKeys } from './keys.ts';
import { useShortcutsOn } from './shortcuts.tsx';

/** A key as it is printed on a button. Nothing while single letters are switched off, since the key does nothing then. */
export function Kbd({ keys }: { readonly keys: string }) {
  const isOn = useShortcutsOn();
  if (!isOn && keys.length === 1) return null;
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd takes no focus; the sheet of keys tells screen readers which key does what
  return <kbd aria-hidden="true">{printedKeys(keys)}</kbd>;
}
