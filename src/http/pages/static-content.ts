import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** The smallest first. */
const CODINGS = ['br', 'gzip', 'identity'] as const;
type Coding = (typeof CODINGS)[number];
export type Compression = Exclude<Coding, 'identity'>;

/** What is served, without a coding. */
export interface Served {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** The body in a coding, where it was compressed before; null where it was not. */
  compressed?(coding: Compression): Promise<Buffer | null>;
}

interface Variant extends Omit<Served, 'compressed'> {
  readonly etag: string;
}

/** Bytes beyond which the best compression takes seconds. */
const LARGE = 1_000_000;

/** A content that is the same for every client, so that its compressed length reveals no secret (BREACH). It is compressed once. */
export class StaticContent {
  readonly #make: () => Served | Promise<Served>;
  readonly #variants = new Map<Coding, Promise<Variant>>();

  /** @param make is called when a coding is first asked for, and again where that failed: the plain form is not kept. */
  constructor(make: () => Served | Promise<Served>) {
    this.#make = make;
  }

  /** Sends it in the smallest coding that the client takes, or 304 where it has it (RFC 9110, section 8.8.3). */
  async send(request: FastifyRequest, reply: FastifyReply, type: string): Promise<FastifyReply> {
    const coding = codingFor(request);
    const { body, etag, headers } = await this.#variantIn(coding);
    reply.headers(headers).header('etag', etag);
    addVary(reply);
    if (isKnown(request.headers['if-none-match'], etag)) return reply.status(304).send();
    if (coding !== 'identity') reply.header('content-encoding', coding);
    return reply.type(type).send(body);
  }

  #variantIn(coding: Coding): Promise<Variant> {
    const known = this.#variants.get(coding) ?? this.#makeVariant(coding);
    this.#variants.set(coding, known);
    known.catch(() => this.#variants.delete(coding));
    return known;
  }

  async #makeVariant(coding: Coding): Promise<Variant> {
    const { body, headers, compressed } = await this.#make();
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    if (coding === 'identity') return { body, headers, etag: `"${hash}"` };
    return { body: (await compressed?.(coding)) ?? (await compress(body, coding)), headers, etag: `"${hash}-${coding}"` };
  }
}

function codingFor({ headers: { 'accept-encoding': accepted } }: FastifyRequest): Coding {
  // RFC 9110 allows any coding without the header, but such a client may know none.
  if (accepted === undefined || accepted.length > 300) return 'identity';
  const taken = new Negotiator({ headers: { 'accept-encoding': accepted } }).encodings([...CODINGS]);
  return CODINGS.find((coding) => taken.includes(coding)) ?? 'identity';
}

function compress(plain: Buffer, coding: Compression): Promise<Buffer> {
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
