import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** A page that is the same for every client, so that its compressed length reveals no secret (BREACH). */
export interface StaticPage {
  readonly path: string;
  readonly type: string;
  readonly cacheControl: string;
  /** @param text of the page. */
  headers(text: string): Readonly<Record<string, string>>;
  /** Made when it is first asked for. */
  text(): string | Promise<string>;
}

/** The smallest first. */
const CODINGS = ['br', 'gzip', 'identity'] as const;
type Coding = (typeof CODINGS)[number];

interface Variant {
  readonly body: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes beyond which the best compression takes seconds. */
const LARGE = 1_000_000;

/** `GET` of a page that is compressed once and then kept in memory, with validators for caches (RFC 9110, section 8.8.3). */
export function addStaticPage(app: FastifyInstance, { path, type, cacheControl, headers: headersOf, text }: StaticPage): void {
  const variants = new Map<Coding, Promise<Variant>>();
  const variantIn = (coding: Coding): Promise<Variant> => {
    const known = variants.get(coding) ?? makeVariant(text, headersOf, coding);
    variants.set(coding, known);
    known.catch(() => variants.delete(coding));
    return known;
  };
  app.get(path, async (request, reply) => {
    const coding = codingFor(request);
    const { body, etag, headers } = await variantIn(coding);
    reply.headers(headers).headers({ 'cache-control': cacheControl, etag });
    addVary(reply);
    if (isKnown(request.headers['if-none-match'], etag)) return reply.status(304).send();
    if (coding !== 'identity') reply.header('content-encoding', coding);
    return reply.type(type).send(body);
  });
}

function codingFor({ headers: { 'accept-encoding': accepted } }: FastifyRequest): Coding {
  // RFC 9110 allows any coding without the header, but such a client may know none.
  if (accepted === undefined || accepted.length > 300) return 'identity';
  const taken = new Negotiator({ headers: { 'accept-encoding': accepted } }).encodings([...CODINGS]);
  return CODINGS.find((coding) => taken.includes(coding)) ?? 'identity';
}

async function makeVariant(makeText: StaticPage['text'], headersOf: StaticPage['headers'], coding: Coding): Promise<Variant> {
  const text = await makeText();
  const headers = headersOf(text);
  const plain = Buffer.from(text);
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  if (coding === 'identity') return { body: plain, etag: `"${hash}"`, headers };
  return { body: await compress(plain, coding), etag: `"${hash}-${coding}"`, headers };
}

function compress(plain: Buffer, coding: 'br' | 'gzip'): Promise<Buffer> {
  if (coding === 'gzip') return promisify(gzip)(plain, { level: plain.length > LARGE ? 6 : 9 });
  const params = { [constants.BROTLI_PARAM_QUALITY]: plain.length > LARGE ? 5 : 11 };
  return promisify(brotliCompress)(plain, { params });
}

/** Beside `Origin`, which is there already. */
function addVary(reply: FastifyReply): void {
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`);
}

/** Weak comparison, which is what `if-none-match` wants (RFC 9110, section 13.1.2). */
function isKnown(given: string | undefined, etag: string): boolean {
  if (given === undefined) return false;
  return given.trim() === '*' || given.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}
