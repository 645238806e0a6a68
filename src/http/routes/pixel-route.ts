import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Capture } from '../../capture/capture.ts';
import type { CaptureSession } from '../../capture/capture-session.ts';
import { type PageParameters, queryOf } from '../../capture/page-parameters.ts';
import { RECIPIENT_ORIGIN, type RecipientToken, type RecipientTokens } from '../../capture/recipient-token.ts';
import type { Engine } from '../../graphql/engine.ts';
import { captureInteractions, type InteractionSender } from '../../journey/capture-interactions.ts';
import { OBJECT_FIELDS, TEXT_FIELDS } from '../../journey/interaction-input.ts';
import { type ErrorCode, GatewayError } from '../../model/errors.ts';
import { originText } from '../../model/evidence.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { type OperationContexts, openSession, type Restrictions } from '../operation-contexts.ts';
import { FOR_EVERY_SITE } from '../security-headers.ts';

export interface PixelRoute {
  readonly engine: Engine;
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
  /** Whether identifiers may stand in the address as they are. */
  readonly plaintextIdentifiers: boolean;
}

/** One transparent pixel (GIF89a). */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const TOKEN = 'token';

/**
 * `GET /pixel.gif`: an interaction from mail, or from a page without script. The answer is always the picture with status
 * 200, because mail programs show anything else as a broken picture; the header `x-error` says what was wrong.
 */
export function addPixelRoute(app: FastifyInstance, { engine, contexts, limits, plaintextIdentifiers }: PixelRoute): void {
  // No HEAD: mail scanners send it, when nobody has opened the mail.
  const onRequest = limits.hook('pixel', (error, reply) => refuse(error, asPicture(reply)));
  app.get('/pixel.gif', { exposeHeadRoute: false, onRequest }, async (request, reply) => {
    asPicture(reply);
    try {
      const session = await openSession(contexts, request, reply, restrictionsOf(request));
      await limits.requireSender('pixel', session.request);
      if (!plaintextIdentifiers) requireNoIdentifiers(session, engine.pageParameters);
      const record = recordOf(session.request.query);
      // Texts of `request.body` are hidden when an unexpected error is logged.
      request.body = record;
      const sender = await senderOf(session, record, engine);
      const { rejected } = await captureInteractions(engine, [record], sender);
      const [refused] = rejected;
      return refused === undefined ? reply.send(PIXEL) : refuse(refused, reply);
    } catch (error) {
      if (error instanceof GatewayError) return refuse(error, reply);
      reply.removeHeader('content-type');
      throw error;
    }
  });
}

function asPicture(reply: FastifyReply): FastifyReply {
  return reply.headers({ 'cache-control': 'private, no-store', ...FOR_EVERY_SITE }).type('image/gif');
}

function refuse({ code, message }: { readonly code: ErrorCode; readonly message: string }, reply: FastifyReply): FastifyReply {
  // A header holds no other characters (RFC 9110, section 5.5).
  const text = `${code}: ${message}`.replace(/[^\x20-\x7e]/g, '?');
  return reply.header('x-error', text).send(PIXEL);
}

function requireNoIdentifiers({ request: { query } }: CaptureSession, parameters: PageParameters): void {
  const inPage = queryOf(query.get('pageUrl') ?? '');
  const names = [...(query.has('identifiers') ? ['identifiers'] : []), ...parameters.namesIn(query), ...parameters.namesIn(inPage)];
  if (names.length === 0) return;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `expected ${TOKEN} from createRecipientTokens, received ${names.join(', ')}: an address is logged and passed on, so no identifier stands in it as it is`,
  );
}

/** Other parameters are ignored: mail systems add their own to every address. @throws GatewayError for what is no JSON. */
function recordOf(query: URLSearchParams): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const name of TEXT_FIELDS) if (query.has(name)) record[name] = query.get(name);
  for (const name of OBJECT_FIELDS) if (query.has(name)) record[name] = parseJson(name, query.get(name) as string);
  return record;
}

function parseJson(name: string, text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    throw new GatewayError('BAD_USER_INPUT', `${name}: expected a JSON object, received something that is no JSON`);
  }
}

/**
 * Any page can show a picture, or send a browser to its address. So a picture uses up no handoff, and where a foreign
 * page or an address bar asks, the browser's cookies are not read (Fetch Metadata). A token identifies the recipient of the
 * mail, so beside one, valid or not, the browser gets no visitor cookie.
 */
function restrictionsOf({ headers, query }: FastifyRequest): Restrictions {
  const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers;
  const isOwn = site !== 'cross-site' && (destination === undefined || destination === 'image');
  if (isOwn) return { redeemsHandoffs: false, ...(TOKEN in (query as object) && { startsVisitors: false }) };
  return { redeemsHandoffs: false, startsVisitors: false, headers: { ...(headers as Restrictions['headers']), cookie: undefined } };
}

/**
 * Whose the interaction is. With a token it is the recipient's alone. The mail may have been passed on to another person, so
 * nothing of the browser is linked, and the interaction may be only the one for which the token was made.
 * @throws GatewayError FORBIDDEN for what the token was not made for.
 */
async function senderOf(session: CaptureSession, record: Record<string, unknown>, engine: Engine): Promise<InteractionSender> {
  const { request } = session;
  const tokens = request.query.getAll(TOKEN);
  if (tokens.length === 0) return session;
  const opened = await firstRead(engine.recipients, tokens);
  if (opened === null) {
    engine.onCaptureRefused(originText(RECIPIENT_ORIGIN));
    return session;
  }
  if (record.type !== opened.type) {
    throw new GatewayError('FORBIDDEN', `type: expected ${opened.type}, for which the token was made, received ${shown(record.type)}`);
  }
  if (record.attributes !== undefined) {
    throw new GatewayError(
      'FORBIDDEN',
      'attributes: expected none beside a token: everybody who has the mail could set attributes of its recipient',
    );
  }
  const captured: Capture = {
    identifiers: opened.identifiers.map((identifier) => ({ ...identifier, assurance: 'RECOGNIZED', origin: RECIPIENT_ORIGIN })),
    handedOver: [],
    newVisitor: null,
    refused: [],
  };
  return { request, read: async () => captured, provenAt: opened.issuedAt };
}

async function firstRead(recipients: RecipientTokens, tokens: readonly string[]): Promise<RecipientToken | null> {
  for (const token of tokens) {
    const opened = await recipients.read(token);
    if (opened !== null) return opened;
  }
  return null;
}

function shown(type: unknown): string {
  return typeof type === 'string' ? JSON.stringify(type.slice(0, 60)) : 'none';
}
