import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { GatewayError } from '../../model/errors.ts';
import type { Forwarding } from '../forwarding.ts';
import { sendError } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import type { OperationContexts } from '../operation-contexts.ts';
import { FOR_OWN_SITE } from '../security-headers.ts';
import { LOCAL_AGENTS, type LocalAgent, type SignedIn } from './desktop-settings.ts';

/** Makes a token as the `token` command does. */
export type SignAgentIn = (agent: LocalAgent) => Promise<SignedIn>;

export interface LocalSignInRoute {
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
  readonly signAgentIn: SignAgentIn;
}

const IDS = LOCAL_AGENTS.map(({ id }) => id);
const bodySchema = z.strictObject({ agent: z.enum(IDS) });

/** `POST /agent/sign-in` with `{ "agent": ID }`: signs an invented agent in. For development, on this machine only. */
export function addLocalSignIn(app: FastifyInstance, { contexts, limits, signAgentIn }: LocalSignInRoute): void {
  const options = { config: { cors: false }, onRequest: limits.hook('graphql', sendError) };
  app.post('/agent/sign-in', options, async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', ...FOR_OWN_SITE });
    const refused = refusalOf(request, contexts.forwarding);
    if (refused !== null) return sendError(refused, reply);
    const body = bodySchema.safeParse(request.body);
    if (!body.success) {
      const message = `expected { "agent": ID } with one of ${IDS.join(', ')}, received something else`;
      return sendError(new GatewayError('BAD_USER_INPUT', message), reply);
    }
    return reply.send(await signAgentIn(LOCAL_AGENTS.find(({ id }) => id === body.data.agent) as LocalAgent));
  });
}

/** Every client that can reach this route gets a token: so only a page of the gateway, or a program, on this machine may. */
function refusalOf({ raw, headers }: FastifyRequest, forwarding: Forwarding): GatewayError | null {
  if (!forwarding.isLocal(raw)) {
    return new GatewayError('FORBIDDEN', 'local sign-in is for this machine only: expected a connection to localhost, without a proxy');
  }
  const { origin, 'sec-fetch-site': site = 'same-origin' } = headers;
  if (site === 'same-origin' && (origin === undefined || forwarding.isOwnOrigin(origin, raw))) return null;
  return new GatewayError('FORBIDDEN', "local sign-in is for the gateway's own page: expected its origin, received another site's");
}
