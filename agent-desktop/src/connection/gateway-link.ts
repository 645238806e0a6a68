import { ApolloLink } from '@apollo/client/link';
import { type FormattedExecutionResult, OperationTypeNode } from 'graphql';
import { Observable } from 'rxjs';
import type { Live } from './live.ts';
import { type Operation, type PostOptions, postOperation } from './post-operation.ts';

/**
 * The end of Apollo's chain: sends only the id of a document, over HTTP, or over the socket for a subscription. A query whose context has
 * a `signal` is given up when that is aborted.
 */
export function gatewayLink(options: Omit<PostOptions, 'signal'>, live: Live): ApolloLink {
  return new ApolloLink((operation) => {
    const sent = { documentId: documentIdOf(operation.query), variables: operation.variables };
    if (operation.operationType === OperationTypeNode.SUBSCRIPTION) return overSocket(sent, live);
    return overHttp(sent, options, operation.getContext().signal as AbortSignal | undefined);
  });
}

function overHttp(operation: Operation, options: PostOptions, given: AbortSignal | undefined): Observable<ApolloLink.Result> {
  return new Observable((observer) => {
    const abort = new AbortController();
    const signal = given === undefined ? abort.signal : AbortSignal.any([abort.signal, given]);
    postOperation(operation, { ...options, signal }).then(
      ({ data, errors, extensions }) => {
        observer.next({ data, extensions, ...(errors.length > 0 ? { errors } : {}) } as ApolloLink.Result);
        observer.complete();
      },
      (error: unknown) => !abort.signal.aborted && observer.error(error),
    );
    return () => abort.abort();
  });
}

function overSocket(operation: Operation, live: Live): Observable<ApolloLink.Result> {
  return new Observable((observer) =>
    // `graphql-ws` refuses a message without a text; the gateway takes the id beside an empty one.
    live.subscriptions.subscribe({ ...operation, query: '' } as { query: string; variables: Record<string, unknown> }, {
      next: (result) => observer.next(result as FormattedExecutionResult as ApolloLink.Result),
      error: (error) => observer.error(Array.isArray(error) ? { errors: error } : error),
      complete: () => observer.complete(),
    }),
  );
}

function documentIdOf(document: object): string {
  const id = (document as { __meta__?: { hash?: unknown } }).__meta__?.hash;
  if (typeof id !== 'string') throw new TypeError('gatewayLink: expected a document of generated/, received one without an id.');
  return id;
}
