import { attempt } from './storage.ts';

const GRAPHQL = 'graphql';
const ANSWER_TIMEOUT = 20_000;

/**
 * @param gateway ends with a slash
 * @param token undefined for a request without one
 * @param isLeaving it goes on without the page; browsers take 64 KB of such at a time.
 * @param asBeacon if that can be: a beacon has no answer, and can't carry a login token.
 * @returns undefined when nobody answered.
 */
export async function post(
  gateway: string,
  token: string | undefined,
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

/** @returns the link with a token in it; undefined when there is none to be had. */
export const createHandoff = (gateway: string, token: string | undefined, touchpoint: string, url: string): Promise<string | undefined> =>
  post(
    gateway,
    token,
    GRAPHQL,
    JSON.stringify({
      query: 'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url}}',
      variables: { i: { touchpoint, url } },
    }),
  )
    .then((response) => (response as Response).json())
    .then((answer) => answer.data.createHandoff.url)
    .catch(() => undefined);

/** Without a token: the one that is known by then may be the next person's. */
export const resetVisitor = (gateway: string): Promise<Response | undefined> =>
  post(gateway, undefined, GRAPHQL, '{"query":"mutation{resetVisitor{customer{id}}}"}', true);
