import type { FastifyInstance } from 'fastify';
import { StaticContent } from './static-content.ts';

/** A page that is the same for every client. */
export interface StaticPage {
  readonly path: string;
  readonly type: string;
  readonly cacheControl: string;
  /** @param text of the page. */
  headers(text: string): Readonly<Record<string, string>>;
  /** Made when it is first asked for. */
  text(): string | Promise<string>;
}

/** `GET` of a page that is compressed once and then kept in memory, with validators for caches. */
export function addStaticPage(app: FastifyInstance, { path, type, cacheControl, headers: headersOf, text }: StaticPage): void {
  const content = new StaticContent(async () => {
    const made = await text();
    return { body: Buffer.from(made), headers: headersOf(made) };
  });
  app.get(path, (request, reply) => content.send(request, reply.header('cache-control', cacheControl), type));
}
