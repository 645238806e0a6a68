import { attempt } from './storage.ts';

const GRAPHQL = 'graphql';
/** Milliseconds. */
const ANSWER_TIMEOUT = 20_000;

/**
 * Sends a request to the gateway. Never rejects.
 * @param gateway its URL, with a slash at the end
 * @param token undefined for a request without one
 * @param isLeaving true: the request goes on after the page was left. Browsers allow 64 KB of such requests at a time.
 * @param asBeacon true: send a beacon, if possible. A beacon has no answer, and can't carry a login token.
 * @returns undefined when there was no answer.
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
      // Interactions are sent as text: browsers send no preflight for that.
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

/** Runs an operation. @returns what `pick` takes of its data; undefined when the operation was refused or not answered. */
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

/** @returns the link with a handoff token in it; undefined when the gateway gives none. */
export const createHandoff = (gateway: string, token: string | undefined, touchpoint: string, url: string): Promise<string | undefined> =>
  ask(gateway, token, 'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url}}', (data) => data.createHandoff.url, {
    touchpoint,
    url,
  });

/**
 * Asks for a new visitor cookie. Without a login token, because the current one may already be the next person's. Goes on after the
 * page was left. @returns a truthy value when the gateway did it.
 */
export const resetVisitor = (gateway: string): Promise<unknown> =>
  ask(gateway, undefined, 'mutation{resetVisitor{__typename}}', (data) => data.resetVisitor);
