import { attempt } from './storage.ts';

declare const __IS_SCRIPT__: true | undefined;
/** The module can be stopped, and left to the app; the script of a page can't, and does without the bytes (scripts/build-tag.ts). */
export const isModule: boolean = typeof __IS_SCRIPT__ === 'undefined';

/**
 * Listens on the window. Whatever a listener does, the page doesn't notice.
 * @param names of events, spaces between them
 * @param isLast after the page's own listeners, not before them
 */
export type Listen = <Heard extends Event>(names: string, listener: (event: Heard) => unknown, isLast?: boolean) => void;

/** @param signal ends it; only for the module. */
export function listen<Heard extends Event>(
  names: string,
  listener: (event: Heard) => unknown,
  isLast?: boolean,
  signal?: AbortSignal,
): void {
  for (const name of names.split(' ')) {
    addEventListener(name, (event) => attempt(() => listener(event as never)), isModule ? { capture: !isLast, signal } : !isLast);
  }
}

/** For what happens within such elements. */
export const within =
  <Found extends Element, Heard extends Event>(selector: string, use: (element: Found, event: Heard) => unknown) =>
  (event: Heard): void => {
    const element = (event.target as Element).closest<Found>(selector);
    if (element) use(element, event);
  };
