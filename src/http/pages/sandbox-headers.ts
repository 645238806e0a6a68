import { pageHeaders } from '../security-headers.ts';

/** Where Apollo's page has its script, its icon and its manifest (`ApolloServerPluginLandingPageLocalDefault`). */
const PAGE = 'https://apollo-server-landing-page.cdn.apollographql.com';
const SCRIPT = 'https://embeddable-sandbox.cdn.apollographql.com';
/** The frame in which Apollo Sandbox runs. Its script sends the operations from the page, so to the gateway only. */
const FRAME = 'https://sandbox.embed.apollographql.com';

/**
 * The headers of Apollo's page for browsers. It has a policy of its own in a `meta` element, which can't forbid frames and
 * leaves out connections; a browser enforces both.
 * @throws Error for a page without nonces, which another version of Apollo Server may have.
 */
export function sandboxHeaders(page: string): Readonly<Record<string, string>> {
  const nonce = /<script nonce="([0-9a-f]+)"/.exec(page)?.[1];
  if (nonce === undefined) throw new Error('expected the page of @apollo/server to have scripts with a nonce');
  return pageHeaders({
    'script-src': `'nonce-${nonce}' ${SCRIPT}`,
    'style-src': `'nonce-${nonce}' ${PAGE} ${SCRIPT} https://fonts.googleapis.com`,
    'font-src': 'https://fonts.gstatic.com',
    'img-src': `'self' ${PAGE}`,
    'manifest-src': PAGE,
    'frame-src': FRAME,
    'connect-src': "'self'",
  });
}
