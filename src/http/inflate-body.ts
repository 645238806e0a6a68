import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { FairTurns } from '../batching/fair-turns.ts';
import { addressKey } from './limits/client-keys.ts';
import { RequestError } from './request-error.ts';

type Inflate = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** By content coding (RFC 9110, section 8.4.1); `x-gzip` is an older name of `gzip`. */
const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
const TAKEN = 'gzip, deflate, br';

/**
 * Bodies that are inflated at the same time: one takes up to 16 MB, the largest window of Brotli (RFC 7932, section 9.1), and one
 * of the four threads that Node has for such work, which also verify tokens.
 */
const TURNS = { perOwner: 1, inAll: 2 };

const CUT_OFF = 'expected a whole body, received one that is cut off';
const BROKEN = 'expected a body in its content-encoding, received something that is broken or cut off';

/**
 * A hook of the framework that inflates compressed bodies. A body is inflated once it has arrived whole, because until then
 * it holds only its compressed bytes: inflating it as it arrives would take up to 16 MB for each client that sends slowly.
 * Clients take turns, by their address.
 * @param bodyLimit bytes that a body may have, as sent and inflated.
 */
export function inflateBodies(bodyLimit: number) {
  const turns = new FairTurns(TURNS);
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: RequestPayload,
    done: (error: Error | null, payload?: RequestPayload) => void,
  ): void => {
    const coding = request.headers['content-encoding']?.trim().toLowerCase();
    if (coding === undefined || coding === '' || coding === 'identity') {
      done(null, payload);
      return;
    }
    const inflateWhole = Object.hasOwn(INFLATE, coding) ? (INFLATE[coding] as Inflate) : undefined;
    if (inflateWhole === undefined) {
      reply.header('accept-encoding', TAKEN);
      done(new RequestError(415, `content-encoding: expected one of ${TAKEN}, or a body as it is; received another`));
      return;
    }
    const inflated = async () => {
      const body = await wholeBody(payload, bodyLimit);
      return turns.run(addressKey(request.ip ?? ''), async () => {
        if (reply.raw.destroyed) throw new RequestError(400, CUT_OFF);
        return payloadOf(await inflateWhole(body, { maxOutputLength: bodyLimit }), body.length);
      });
    };
    inflated().then(
      (whole) => done(null, whole),
      (error) => done(refusalOf(error, bodyLimit)),
    );
  };
}

async function wholeBody(payload: RequestPayload, bodyLimit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The request stays open, because its refusal is sent on the same connection.
  for await (const piece of (payload as Readable).iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes > bodyLimit) throw tooLarge(bodyLimit);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** @param sent bytes: Fastify compares `content-length` with them. */
function payloadOf(body: Buffer, sent: number): RequestPayload {
  return Object.assign(Readable.from(body, { objectMode: false }), { receivedEncodedLength: sent });
}

/** The messages of zlib say what it found, not what was expected. */
function refusalOf(error: Error & { readonly code?: string }, bodyLimit: number): RequestError {
  if (error instanceof RequestError) return error;
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(bodyLimit);
  return new RequestError(400, error.code === 'ECONNRESET' ? CUT_OFF : BROKEN);
}

function tooLarge(bodyLimit: number): RequestError {
  return new RequestError(413, `expected a body of at most ${bodyLimit} bytes`);
}
