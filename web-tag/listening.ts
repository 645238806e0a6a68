import { attempt } from './storage.ts';

declare const __IS_SCRIPT__: true | undefined;
/** True in the module, which an app can stop. The script of a page can't be stopped, so its build leaves that code out (scripts/build-tag.ts). */
export const isModule: boolean = typeof __IS_SCRIPT__ === 'undefined';

/**
 * Listens on the window. What a listener throws never reaches the page.
 * @param names of events, spaces between them
 * @param isLast true: after the page's own listeners; otherwise before them
 */
export type Listen = <Received extends Event>(names: string, listener: (event: Received) => unknown, isLast?: boolean) => void;

/** As `Listen` says. @param signal ends it; in the module only. */
export function listen<Received extends Event>(
  names: string,
  listener: (event: Received) => unknown,
  isLast?: boolean,
  signal?: AbortSignal,
): void {
  for (const name of names.split(' ')) {
    addEventListener(name, (event) => attempt(() => listener(event as never)), isModule ? { capture: !isLast, signal } : !isLast);
  }
}

/** A listener for events inside elements that match `selector`. */
export const within =
  <Found extends Element, Received extends Event>(selector: string, use: (element: Found, event: Received) => unknown) =>
  (event: Received): void => {
    const element = (event.target as Element).closest<Found>(selector);
    if (element) use(element, event);
  };
