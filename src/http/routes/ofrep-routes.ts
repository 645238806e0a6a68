import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../../graphql/engine.ts';
import { offerScopeOf } from '../../graphql/offer-scope-of.ts';
import type { ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError } from '../../model/errors.ts';
import type { OfferScope } from '../../offers/offer-scope.ts';
import { sendError } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { type OperationContexts, openSession } from '../operation-contexts.ts';
import { requireOwnPage } from '../own-page.ts';
import { isRefused } from '../refuse-request.ts';
import { REQUEST_ID } from '../request-id.ts';
import { customerFor, readContext } from './ofrep-context.ts';
import { type Evaluation, type EvaluationFailure, evaluationOf } from './ofrep-evaluation.ts';

export interface OfrepRoutes {
  readonly engine: Engine;
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
}

/** A flag has one value, so one offer of each placement is asked for. */
const FIRST = 1;
/** An evaluation costs as much as a query, so the rates of queries hold for it. */
const DOOR = 'graphql';

interface Asked {
  readonly scope: OfferScope;
  readonly customer: ResolvedCustomer | null;
}

/**
 * The OpenFeature Remote Evaluation Protocol over offers: `POST /ofrep/v1/evaluate/flags/{placement}`, and without a name for all
 * placements. The customer is found as for a query.
 */
export function addOfrepRoutes(app: FastifyInstance, { engine, contexts, limits }: OfrepRoutes): void {
  const onRequest = limits.hook(DOOR, sendError);
  app.register(async (scope) => {
    scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      if (!isRefused(error) || error.statusCode !== 400) throw error;
      return fail(reply, 400, { ...keyOf(request), errorCode: 'PARSE_ERROR', errorDetails: 'body: expected JSON, received another text' });
    });
    const answer = (evaluate: (asked: Asked, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) => {
      return async (request: FastifyRequest, reply: FastifyReply) => {
        try {
          return await evaluate(await open(engine, contexts, limits, request, reply), request, reply);
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          if (error.code !== 'BAD_USER_INPUT') return sendError(error, reply);
          return fail(reply, 400, { ...keyOf(request), errorCode: 'INVALID_CONTEXT', errorDetails: error.message });
        }
      };
    };
    scope.post(
      '/ofrep/v1/evaluate/flags/:placement',
      { onRequest },
      answer(async (asked, request, reply) => {
        const { key } = keyOf(request) as { key: string };
        if (!engine.offers.has(key)) {
          const errorDetails = 'there is no placement of this name';
          return fail(reply, 404, { key, errorCode: 'FLAG_NOT_FOUND', errorDetails });
        }
        return reply.header('cache-control', 'no-store').send(await evaluate(engine, asked, key));
      }),
    );
    scope.post(
      '/ofrep/v1/evaluate/flags',
      { onRequest },
      answer(async (asked, request, reply) => {
        const names = engine.offers.placementsFor(asked.scope);
        const text = JSON.stringify({ flags: await Promise.all(names.map((key) => evaluate(engine, asked, key))) });
        const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
        reply.headers({ etag: tag, 'cache-control': 'private, no-store' });
        if (request.headers.origin !== undefined) reply.header('access-control-expose-headers', `${REQUEST_ID}, etag`);
        if (isKnown(request.headers['if-none-match'], tag)) return reply.status(304).send();
        return reply.type('application/json').send(text);
      }),
    );
  });
}

async function open(
  engine: Engine,
  contexts: OperationContexts,
  limits: RequestLimits,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Asked> {
  requireOwnPage(request.raw, contexts);
  const session = await openSession(contexts, request, reply);
  await limits.requireSender(DOOR, session.request);
  const context = readContext(request.body);
  const customer = await customerFor(engine, session, context);
  const { request: captured } = session;
  const profile = contexts.openProfile(captured);
  reply.raw.on('close', () => {
    if (!reply.raw.writableFinished) profile.sources.abandon();
  });
  return { scope: offerScopeOf({ engine, request: captured, profile }, context.locale), customer };
}

/** @throws GatewayError as `Offers.choose`. */
async function evaluate({ offers }: Engine, { scope, customer }: Asked, key: string): Promise<Evaluation> {
  const [offer] = customer === null ? [] : await offers.choose(scope, customer, { placement: key, first: FIRST });
  return evaluationOf(key, offer);
}

function keyOf({ params }: FastifyRequest): { key?: string } {
  const { placement } = params as { placement?: string };
  return placement === undefined ? {} : { key: placement };
}

function fail(reply: FastifyReply, status: number, failure: EvaluationFailure): FastifyReply {
  return reply.status(status).type('application/json').send(JSON.stringify(failure));
}

/** If-None-Match (RFC 9110, section 13.1.2): a list of tags, which are compared without their strength. */
function isKnown(header: string | undefined, tag: string): boolean {
  const given = header?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return given.includes(tag) || given.includes('*');
}
