/** A program that is measured. */
export interface Contestant {
  /** Its name for `--only`. */
  readonly name: string;
  readonly title: string;
  /** Path, relative to this file. */
  readonly file: string;
  /** Packages whose installed versions are reported with the results. */
  readonly packages: readonly string[];
}

/** In the order of the tables. */
export const CONTESTANTS: readonly Contestant[] = [
  { name: 'gateway', title: 'this gateway', file: './contestants/gateway.ts', packages: [] },
  { name: 'by-hand', title: 'by hand', file: './contestants/by-hand.ts', packages: ['undici'] },
  { name: 'by-hand-batched', title: 'by hand, batched', file: './contestants/by-hand-batched.ts', packages: ['undici'] },
  { name: 'apollo', title: 'Apollo Server', file: './contestants/apollo.ts', packages: ['@apollo/server', 'graphql', 'dataloader'] },
  {
    name: 'apollo-fastify',
    title: 'Apollo Server on Fastify',
    file: './contestants/apollo-fastify.ts',
    packages: ['@apollo/server', '@as-integrations/fastify', 'fastify', 'graphql', 'dataloader'],
  },
  {
    name: 'yoga',
    title: 'GraphQL Yoga with jit',
    file: './contestants/yoga.mjs',
    packages: ['graphql-yoga', '@envelop/graphql-jit', 'graphql', 'dataloader'],
  },
  {
    name: 'mercurius',
    title: 'Mercurius with jit',
    file: './contestants/mercurius.mjs',
    packages: ['mercurius', 'graphql-jit', 'fastify', 'graphql', 'dataloader'],
  },
  {
    name: 'hive',
    title: 'Hive Gateway',
    file: './contestants/hive.mjs',
    packages: ['@graphql-hive/gateway-runtime', '@graphql-mesh/transport-rest', 'graphql'],
  },
];
