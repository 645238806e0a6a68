import { attempt } from './storage.ts';

/** Calls `changed` after every `pushState` and `replaceState`, also when a router has patched them or will patch them. */
export function watchHistory(changed: () => void): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      changed();
    };
  }
}

/** The part of an address that identifies a page: all but the hash. The hash stays when it is a router's path (`#/cart`, `#!/cart`). */
export const routeOf = (address: string): string => address.replace(/#(?!!?\/).*/, '');

/** Removes a parameter from the address bar, so that it is neither bookmarked nor shared. The rest of the address stays as it is. */
export function stripFromAddress(parameter: string): void {
  const { search, href } = location;
  const rest = search
    .slice(1)
    .split('&')
    .filter((part) => !part.startsWith(`${parameter}=`))
    .join('&');
  const stripped = href.replace(search, () => rest && `?${rest}`);
  if (stripped !== href) attempt(() => history.replaceState(history.state, '', stripped));
}
