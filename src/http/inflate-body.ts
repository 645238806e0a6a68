import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { RequestError } from './request-error.ts';

/** Decoders by content coding (RFC 9110, section 8.4.1); `x-gzip` is an older name of `gzip`. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
const TAKEN = 'gzip, deflate, br';
/** The code of errors of a body that is not in its coding. */
export const BROKEN_CODING = 'BROKEN_CODING';

/**
 * Inflates a compressed body as it arrives. Its reader counts the inflated bytes, so the limit of a body holds for them, and
 * inflating stops when the reader stops.
 */
export function inflateBody(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: RequestPayload,
  done: (error: Error | null, payload?: RequestPayload) => void,
): void {
  const coding = request.headers['content-encoding']?.trim().toLowerCase();
  if (coding === undefined || coding === '' || coding === 'identity') {
    done(null, payload);
    return;
  }
  const create = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (create === undefined) {
    reply.header('accept-encoding', TAKEN);
    done(new RequestError(415, `content-encoding: expected one of ${TAKEN}, or a body as it is; received another`));
  } else done(null, inflated(payload, create(), reply));
}

/** Fastify compares `content-length` with this count of bytes as they were sent. */
type Inflated = Transform & { receivedEncodedLength: number };

function inflated(payload: RequestPayload, decoder: Transform, reply: FastifyReply): RequestPayload {
  const body: Inflated = Object.assign(decoder, { receivedEncodedLength: 0 });
  const fail = () => body.destroy(new RequestError(400, 'expected a whole body, received one that is cut off'));
  payload.on('data', (chunk: Buffer) => {
    body.receivedEncodedLength += chunk.length;
  });
  payload.on('error', fail);
  payload.on('close', () => {
    if (!payload.readableEnded) fail();
  });
  // The message of zlib says what it found, not what was expected.
  body.on('error', (error) => Object.assign(error, { code: BROKEN_CODING }));
  reply.raw.once('close', () => body.destroy());
  payload.pipe(body);
  return body;
}
