import { attempt } from './storage.ts';

/** Calls after every `pushState` and `replaceState`, also those of a router that has patched or will patch them itself. */
export function watchHistory(changed: () => void): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      changed();
    };
  }
}

/** What a page view is of: all but the hash, unless a router has its path there (`#/cart`, `#!/cart`). */
export const routeOf = (address: string): string => address.replace(/#(?!!?\/).*/, '');

/** Takes a parameter out of the address bar, so that it is neither bookmarked nor shared. All else stays, character by character. */
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
