import { ApolloClient, InMemoryCache } from '@apollo/client';
import { gatewayLink } from './gateway-link.ts';
import type { Live } from './live.ts';
import type { PostOptions } from './post-operation.ts';

declare module '@apollo/client' {
  export namespace ApolloClient {
    export namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all';
      }
      interface Query {
        errorPolicy: 'all';
      }
      interface Mutate {
        errorPolicy: 'all';
      }
    }
  }
}

/** Apollo's client for the fixed documents of generated/. A field that failed is null beside its error, never a failed query. */
export function openClient(options: Omit<PostOptions, 'signal'>, live: Live): ApolloClient {
  return new ApolloClient({
    link: gatewayLink(options, live),
    cache: new InMemoryCache({
      typePolicies: {
        Customer: {
          fields: {
            // Pages are put together by who reads them: by the cache, those of two filters would mix.
            interactions: { keyArgs: ['first', 'after', 'last', 'before', 'types', 'touchpoints', 'since', 'until'] },
            identityEvents: { keyArgs: ['first', 'after'] },
          },
        },
        // An identifier belongs to its customer and has no id of its own.
        Identifier: { keyFields: false },
      },
    }),
    defaultOptions: {
      watchQuery: { errorPolicy: 'all', fetchPolicy: 'cache-and-network' },
      query: { errorPolicy: 'all', fetchPolicy: 'network-only' },
      mutate: { errorPolicy: 'all' },
    },
  });
}
