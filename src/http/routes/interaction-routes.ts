import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { captureInteractions, type InteractionServices } from '../../journey/capture-interactions.ts';
import { GatewayError } from '../../model/errors.ts';
import { sendError } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { type OperationContexts, openSession } from '../operation-contexts.ts';
import { requireOwnPage } from '../own-page.ts';
import { RequestError } from '../request-error.ts';
import { type BodyFormat, type BodyLimits, BodyTooLarge, readRecords, UnreadableBody } from './interaction-body.ts';

export interface InteractionRoutes {
  readonly engine: InteractionServices;
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
  readonly bodyBytes: number;
}

/** Records in one request. */
const MAX_RECORDS = 5_000;
const TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson', 'application/jsonl', 'text/plain'];

/** `POST /interactions`: many at once, each with its own result; 200 where all are stored, 207 where some are not. */
export function addInteractionRoutes(app: FastifyInstance, { engine, contexts, limits, bodyBytes }: InteractionRoutes): void {
  const bodyLimits: BodyLimits = { records: MAX_RECORDS, bytes: bodyBytes };
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The body is parsed as it arrives, by `readRecords`.
    scope.addContentTypeParser(TYPES, (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error: Error & { code?: string }, _request, reply) => {
      if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error;
      return sendError(new GatewayError('BAD_USER_INPUT', `content-type: expected one of ${TYPES.join(', ')}`), reply, 415);
    });
    const onRequest = limits.hook('interactions', sendError);
    scope.post('/interactions', { bodyLimit: bodyBytes, onRequest }, async (request, reply) => {
      try {
        requireOwnPage(request.raw, contexts);
        const session = await openSession(contexts, request, reply);
        await limits.requireSender('interactions', session.request);
        const records = await readRecords(request.body as IncomingMessage | undefined, formatOf(request), bodyLimits).catch(sayUnreadable);
        // Texts of `request.body` are hidden when an unexpected error is logged.
        request.body = records;
        const { accepted, duplicates, rejected } = await captureInteractions(engine, records, session);
        return reply.status(rejected.length > 0 ? 207 : 200).send({ accepted, duplicates, rejected });
      } catch (error) {
        if (error instanceof GatewayError) return sendError(error, reply);
        if (error instanceof UnreadableBody) return sendError(new GatewayError('BAD_USER_INPUT', error.message), reply);
        if (!(error instanceof BodyTooLarge)) throw error;
        // The rest of the body is not read.
        reply.header('connection', 'close');
        return sendError(new GatewayError('BAD_USER_INPUT', `${error.message}; send several requests`), reply, 413);
      }
    });
  });
}

/** Any other error while a body is read means that the body is cut off. */
function sayUnreadable(error: Error): never {
  if (error instanceof BodyTooLarge || error instanceof UnreadableBody) throw error;
  throw new RequestError(400, 'expected a whole body, received one that is cut off');
}

function formatOf({ headers }: FastifyRequest): BodyFormat {
  const type = headers['content-type'] ?? '';
  if (/^application\/json\b/i.test(type)) return 'json';
  return /^text\/plain\b/i.test(type) ? 'text' : 'ndjson';
}
