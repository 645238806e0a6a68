import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** What the built tag says where the configured parameter stands. */
const PLACEHOLDER = '__HANDOFF_PARAMETER__';

/** `GET /tag.js`: the web tag (web-tag/), made for this gateway. @param handoffParameter null without a handoff rule. */
export function addTagRoute(app: FastifyInstance, handoffParameter: string | null): void {
  const built = readFileSync(new URL('./generated/tag.js', import.meta.url), 'utf8');
  // Configured names are letters, digits and the like: JSON's form of one is its own.
  const parameter = JSON.stringify(handoffParameter ?? '').slice(1, -1);
  const tag = built.replaceAll(PLACEHOLDER, () => parameter);
  const etag = `"${createHash('sha256').update(tag).digest('base64url').slice(0, 22)}"`;
  app.get('/tag.js', async (request, reply) => {
    reply.header('cache-control', 'public, max-age=3600').header('etag', etag).header('cross-origin-resource-policy', 'cross-origin');
    if (request.headers['if-none-match'] === etag) return reply.status(304).send();
    return reply.type('text/javascript; charset=utf-8').send(tag);
  });
}
