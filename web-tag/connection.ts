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

/** Answers the link with a handoff token in it. Variables: `i: { touchpoint, url }`. */
export const CREATE_HANDOFF = 'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url}}';
/**
 * Asks for a new visitor cookie. It is sent without a login token, because the current one may already be the next person's, and goes
 * on after the page was left.
 */
export const RESET_VISITOR = 'mutation{resetVisitor{__typename}}';

/**
 * Runs an operation with one field.
 * @param i its variable; without it, the request goes on after the page was left
 * @returns the field's value; null or undefined when the operation was refused or not answered.
 */
export const ask = (gateway: string, query: string, token?: string, i?: unknown): Promise<{ readonly url?: string } | null | undefined> =>
  post(gateway, token, GRAPHQL, JSON.stringify({ query, variables: { i } }), !i)
    .then((response) => (response as Response).json())
    .then(({ data }) => Object.values<{ readonly url?: string } | null>(data)[0])
    .catch(() => undefined);
