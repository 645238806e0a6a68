import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { FOR_EVERY_SITE } from '../security-headers.ts';
import { addStaticPage } from './static-page.ts';

/** The text in the built tag that is replaced by the configured parameter. */
const PLACEHOLDER = '__HANDOFF_PARAMETER__';

/** `GET /tag.js`: the web tag (web-tag/), made for this gateway. @param handoffParameter null without a handoff rule. */
export function addTagRoute(app: FastifyInstance, handoffParameter: string | null): void {
  const built = readFileSync(new URL('../generated/tag.js', import.meta.url), 'utf8');
  // A configured name has no character that JSON must escape.
  const parameter = JSON.stringify(handoffParameter ?? '').slice(1, -1);
  addStaticPage(app, {
    path: '/tag.js',
    type: 'text/javascript; charset=utf-8',
    cacheControl: 'public, max-age=3600',
    headers: () => FOR_EVERY_SITE,
    text: () => built.replaceAll(PLACEHOLDER, () => parameter),
  });
}
