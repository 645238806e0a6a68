import proxyAddr from '@fastify/proxy-addr';

/** Whether to believe what this address says of the request before it. @param hop 0 for the one that is connected to us. */
export type Trust = (address: string, hop: number) => boolean;

/** As an owner writes it: hops, all of them, networks and addresses (also `loopback`, `linklocal`, `uniquelocal`), or a function. */
export type TrustProxy = boolean | number | string | readonly string[] | Trust;

/**
 * Which proxies are believed. Networks are understood as Fastify understands them, by the same library. Fastify itself
 * believes nothing where it is given a number of hops, because it can't know that every connection comes through the
 * proxy; here an owner says so.
 * @returns null for none.
 * @throws TypeError for what is no address or network.
 */
export function compileTrust(proxies: TrustProxy): Trust | null {
  if (typeof proxies === 'function') return proxies;
  if (typeof proxies === 'boolean') return proxies ? () => true : null;
  if (typeof proxies === 'number') return proxies > 0 ? (_address, hop) => hop < proxies : null;
  const networks = typeof proxies === 'string' ? proxies.split(',').map((network) => network.trim()) : [...proxies];
  // A number of hops as an environment variable has it; as an address it would be 0.0.0.1.
  if (networks.some((network) => /^\d+$/.test(network))) throw new TypeError('expected hops as a number, received text');
  return proxyAddr.compile(networks);
}
