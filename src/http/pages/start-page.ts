import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pageHeaders } from '../security-headers.ts';
import { addStaticPage } from './static-page.ts';

const FIRST_QUERY = `{
  customer {
    id
    assurance
    sources { name status }
  }
}`;

/** Where the links of the page lead. */
const LINKS = [
  { href: '/agent', text: 'Agent desktop', what: 'find a customer, see the journey, act' },
  { href: '/graphiql', text: 'GraphiQL', what: 'ask a query; works offline' },
  { href: '/graphql', text: 'Apollo Sandbox', what: 'the same, in the tool of Apollo' },
  { href: '/health/ready', text: 'Readiness', what: 'whether the store and the back ends answer' },
] as const;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; }
pre { padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 6px; overflow-x: auto; }
li { margin: 0.25rem 0; }
`;

/** `GET /` outside production: where everything is, and a first query. A route of one's own for `/` replaces it. */
export function addStartPage(app: FastifyInstance): void {
  addStaticPage(app, {
    path: '/',
    type: 'text/html; charset=utf-8',
    cacheControl: 'no-cache',
    headers: () => pageHeaders({ 'style-src': `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`, 'img-src': 'data:' }),
    text: () => PAGE,
  });
}

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Customer profile gateway</title>
    <link rel="icon" href="data:," />
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>Customer profile gateway</h1>
      <p>One customer from many back ends, as GraphQL.</p>
      <ul>
${LINKS.map(({ href, text, what }) => `        <li><a href="${href}">${text}</a>: ${what}</li>`).join('\n')}
      </ul>
      <h2>A first query</h2>
      <pre><code>${FIRST_QUERY}</code></pre>
      <p><a href="/graphiql?query=${encodeURIComponent(FIRST_QUERY)}">Run it in GraphiQL</a></p>
    </main>
  </body>
</html>
`;
