import { attempt } from './storage.ts';

/**
 * Listens on the window. Whatever a listener does, the page doesn't notice.
 * @param names of events, spaces between them
 * @param isLast after the page's own listeners, not before them
 */
export type Listen = <Heard extends Event>(names: string, listener: (event: Heard) => unknown, isLast?: boolean) => void;

export const listenUntil =
  (signal: AbortSignal | undefined): Listen =>
  (names, listener, isLast) => {
    for (const name of names.split(' ')) {
      addEventListener(name, (event) => attempt(() => listener(event as never)), { capture: !isLast, signal });
    }
  };

/** For what happens within such elements. */
export const within =
  <Found extends Element, Heard extends Event>(selector: string, use: (element: Found, event: Heard) => unknown) =>
  (event: Heard): void => {
    const element = (event.target as Element).closest<Found>(selector);
    if (element) use(element, event);
  };
