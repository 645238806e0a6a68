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

interface Answered {
  readonly createHandoff: { readonly url: string };
  readonly resetVisitor: unknown;
}

/** @returns what is picked of the operation's data; undefined where it was refused, or nobody answered. */
const ask = <Picked>(
  gateway: string,
  token: string | undefined,
  query: string,
  pick: (data: Answered) => Picked,
  i?: unknown,
): Promise<Picked | undefined> =>
  post(gateway, token, GRAPHQL, JSON.stringify({ query, variables: { i } }), !i)
    .then((response) => (response as Response).json())
    .then((answer) => pick(answer.data))
    .catch(() => undefined);

/** @returns the link with a token in it; undefined when there is none to be had. */
export const createHandoff = (gateway: string, token: string | undefined, touchpoint: string, url: string): Promise<string | undefined> =>
  ask(gateway, token, 'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url}}', (data) => data.createHandoff.url, {
    touchpoint,
    url,
  });

/**
 * Without a token: the one that is known by then may be the next person's. Goes on when the page is left.
 * @returns whether it was done.
 */
export const resetVisitor = (gateway: string): Promise<unknown> =>
  ask(gateway, undefined, 'mutation{resetVisitor{__typename}}', (data) => data.resetVisitor);
