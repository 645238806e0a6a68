import { type GatewayError, RequestFailure } from './gateway-error.ts';
import type { Session } from './session.ts';

/** An answer of the gateway: fields that failed are null, and `errors` says why. */
export interface GatewayAnswer<Data = Record<string, unknown>> {
  readonly data: Data | null;
  readonly errors: readonly GatewayError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface Operation {
  readonly documentId: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface PostOptions {
  readonly session: Session;
  /** The touchpoint as which the desktop asks; null for none. */
  readonly touchpoint: string | null;
  readonly signal?: AbortSignal;
}

/**
 * Sends the id of a trusted document, and never a text. A refused token is renewed once.
 * @throws RequestFailure when there is no answer to read.
 */
export async function postOperation(operation: Operation, options: PostOptions): Promise<GatewayAnswer> {
  const { session } = options;
  const sent = session.token();
  const signOuts = session.signOuts();
  const first = await post(operation, options);
  // Refused after a sign-out, it is never sent again: that would be in the name of who has signed in meanwhile.
  if (!isSignedOut(first) || session.signOuts() !== signOuts) return first;
  // Another request may have renewed it meanwhile.
  return session.token() !== sent || (await session.renewedOrOver()) ? post(operation, options) : first;
}

async function post({ documentId, variables }: Operation, { session, touchpoint, signal }: PostOptions): Promise<GatewayAnswer> {
  const token = session.token();
  const response = await fetch('/graphql', {
    method: 'POST',
    credentials: 'omit',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      'x-profile-provenance': '1',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(touchpoint === null ? {} : { 'x-touchpoint': touchpoint }),
    },
    body: JSON.stringify({ documentId, variables }),
    signal,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new RequestFailure('OFFLINE', { message: 'The gateway cannot be reached.' });
  });
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  if (body !== null && ('data' in body || Array.isArray(body.errors))) {
    return {
      data: (body.data ?? null) as GatewayAnswer['data'],
      errors: (body.errors ?? []) as GatewayError[],
      extensions: (body.extensions ?? {}) as Record<string, unknown>,
    };
  }
  const error = body?.error as { code?: string; message?: string } | undefined;
  const code = error?.code ?? (response.status === 503 ? 'OVERLOADED' : 'INTERNAL');
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const extensions = { code, ...(Number.isFinite(retryAfter) ? { retryAfter } : {}) };
  // A refused token is an answer like others, so that one function renews it.
  if (code === 'UNAUTHENTICATED') return { data: null, errors: [{ message: error?.message ?? code, extensions }], extensions: {} };
  throw new RequestFailure(code, { message: error?.message ?? `The gateway answered ${response.status}.`, extensions });
}

const isSignedOut = (answer: GatewayAnswer): boolean => answer.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
