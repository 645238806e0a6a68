import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { FOR_EVERY_SITE } from '../security-headers.ts';
import { addStaticPage } from './static-page.ts';

/** The text in the built tag that is replaced by the configured parameter. */
const PLACEHOLDER = '__CT__';

/**
 * `GET /tag.js`, the web tag (web-tag/) with this gateway's handoff parameter, and `GET /tag-offers.js`, which the tag loads on pages
 * with a placement.
 * @param handoffParameter null without a handoff rule.
 */
export function addTagRoutes(app: FastifyInstance, handoffParameter: string | null): void {
  // A configured name has no character that JSON must escape.
  const parameter = JSON.stringify(handoffParameter ?? '').slice(1, -1);
  addScript(app, 'tag.js', (built) => built.replaceAll(PLACEHOLDER, () => parameter));
  addScript(app, 'tag-offers.js', (built) => built);
}

function addScript(app: FastifyInstance, name: string, toServed: (built: string) => string): void {
  const built = readFileSync(new URL(`../generated/${name}`, import.meta.url), 'utf8');
  addStaticPage(app, {
    path: `/${name}`,
    type: 'text/javascript; charset=utf-8',
    cacheControl: 'public, max-age=3600',
    headers: () => FOR_EVERY_SITE,
    text: () => toServed(built),
  });
}
