import proxyAddr from '@fastify/proxy-addr';

/** True to trust the forwarding headers of this address. @param hop 0 for the address that is connected to the gateway. */
export type Trust = (address: string, hop: number) => boolean;

/** The option: a number of hops, true for all, networks and addresses (also `loopback`, `linklocal`, `uniquelocal`), or a function. */
export type TrustProxy = boolean | number | string | readonly string[] | Trust;

/**
 * Decides which proxies are trusted. Networks have the same meaning as in Fastify, by the same library. Fastify itself trusts
 * nothing for a number of hops, because it cannot know that every connection comes through the proxy; here the owner says so.
 * @returns null when no proxy is trusted.
 * @throws TypeError for a text that is no address and no network.
 */
export function compileTrust(proxies: TrustProxy): Trust | null {
  if (typeof proxies === 'function') return proxies;
  if (typeof proxies === 'boolean') return proxies ? () => true : null;
  if (typeof proxies === 'number') return proxies > 0 ? (_address, hop) => hop < proxies : null;
  const networks = typeof proxies === 'string' ? proxies.split(',').map((network) => network.trim()) : [...proxies];
  // A number of hops as a text, from an environment variable. As an address it would be 0.0.0.1.
  if (networks.some((network) => /^\d+$/.test(network))) throw new TypeError('expected hops as a number, received text');
  return proxyAddr.compile(networks);
}
