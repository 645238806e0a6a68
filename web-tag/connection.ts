import { attempt } from './storage.ts';

const GRAPHQL = 'graphql';
const ANSWER_TIMEOUT = 20_000;

export interface Connection {
  /** Ends with a slash. */
  readonly gateway: string;
  /** A login token, for requests to carry. */
  token?: string | undefined;
}

export interface Handoff {
  readonly url: string;
  readonly expiresAt: string;
}

/**
 * @param isLeaving it goes on without the page; browsers take 64 KB of such at a time.
 * @param asBeacon if that can be: a beacon has no answer, and can't carry a login token.
 * @returns undefined when nobody answered.
 */
export async function post(
  { gateway, token }: Connection,
  path: string,
  body: string,
  isLeaving?: boolean,
  asBeacon?: boolean,
): Promise<Response | undefined> {
  if (asBeacon && !token && attempt(() => navigator.sendBeacon(gateway + path, body))) return undefined;
  return fetch(gateway + path, {
    method: 'POST',
    body,
    keepalive: isLeaving,
    credentials: 'include',
    headers: {
      // Interactions go as text, which spares the browser a preflight.
      ...(path === GRAPHQL && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout?.(ANSWER_TIMEOUT),
  }).catch(() => undefined);
}

/** @returns undefined when there is none to be had. */
export const createHandoff = (connection: Connection, touchpoint: string, url: string): Promise<Handoff | undefined> =>
  post(
    connection,
    GRAPHQL,
    JSON.stringify({
      query: 'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url expiresAt}}',
      variables: { i: { touchpoint, url } },
    }),
  )
    .then((response) => response?.json())
    .then(({ data }) => data.createHandoff)
    .catch(() => undefined);

/** Without a token: the one that is known by then may be the next person's. */
export const resetVisitor = ({ gateway }: Connection): Promise<Response | undefined> =>
  post({ gateway }, GRAPHQL, '{"query":"mutation{resetVisitor{customer{id}}}"}', true);
