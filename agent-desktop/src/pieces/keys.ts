/** Keys of a shortcut, as they are written: `n`, `?`, `Enter`, `Alt+1`, `Mod+Enter`. `Mod` is Ctrl, and ⌘ on Apple's machines. */

/** What of a keyboard event says which key it was. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

const platform = (): string => (globalThis as { navigator?: { platform?: string } }).navigator?.platform ?? '';

export const isApple = (): boolean => /^(Mac|iP)/.test(platform());

const NAMES: Readonly<Record<string, string>> = {
  Enter: '↵',
  Escape: 'esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** As it stands on a key cap: `⌘↵`, `Ctrl ↵`, `N`. */
export function printedKeys(keys: string, apple: boolean = isApple()): string {
  const parts = keys.split('+').map((part) => {
    if (part === 'Mod') return apple ? '⌘' : 'Ctrl';
    if (part === 'Alt') return apple ? '⌥' : 'Alt';
    if (part === 'Shift') return apple ? '⇧' : 'Shift';
    return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
  return parts.join(apple ? '' : ' ');
}

/** Whether this press is these keys. With Alt the place of the key counts, since Alt changes what a key writes on some machines. */
export function isPressed(keys: string, press: KeyPress, apple: boolean = isApple()): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const wants = (name: string) => parts.slice(0, -1).includes(name);
  const isMod = apple ? press.metaKey : press.ctrlKey;
  const isOtherMod = apple ? press.ctrlKey : press.metaKey;
  if (wants('Mod') !== isMod || isOtherMod || wants('Alt') !== press.altKey) return false;
  if (wants('Alt') && /^[0-9a-z]$/i.test(key)) return press.code === (/[0-9]/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`);
  // A sign such as `?` needs Shift on most keyboards; a letter or a named key must not have it unless it says so.
  if (/^[a-z]$/i.test(key) || key.length > 1) {
    if (wants('Shift') !== press.shiftKey) return false;
  }
  return press.key.toLowerCase() === key.toLowerCase();
}

/** True for a shortcut of a single sign, which WCAG 2.1.4 wants to be switched off. */
export const isSingleKey = (keys: string): boolean => keys.length === 1;
