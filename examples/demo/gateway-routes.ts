import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The variables by which the gateway's process knows where the first page is, and the key for it. */
export const CONTROL_URL = 'DEMO_CONTROL_URL';
export const CONTROL_KEY = 'DEMO_CONTROL_KEY';

/** Names of this machine. Any other in `Host` is a page that a stranger's name server led here (DNS rebinding). */
const OWN_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** Adds the first page to the gateway: each request is passed on to the process that started the demo. */
export function ownRoutes(app: FastifyInstance): void {
  app.get('/', pass);
  app.get('/demo/:name', pass);
  app.post('/demo/back-ends/:name', pass);
}

async function pass(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const refused = refusalOf(request);
  if (refused !== null) return reply.code(403).type('text/plain; charset=utf-8').send(refused);
  const { [CONTROL_URL]: control = '', [CONTROL_KEY]: key = '' } = process.env;
  // The path alone: a request may name a whole address, and the key is for the first page only.
  const { pathname, search } = new URL(request.url, control);
  const answer = await fetch(new URL(`${pathname}${search}`, control), { method: request.method, headers: { 'x-demo-key': key } });
  reply
    .code(answer.status)
    .headers(HEADERS)
    .type(answer.headers.get('content-type') ?? 'text/plain');
  return reply.send(Buffer.from(await answer.arrayBuffer()));
}

/** The first page is for somebody at this machine, and its switches are for that page. */
function refusalOf({ method, raw, headers }: FastifyRequest): string | null {
  if (!LOOPBACK.test(raw.socket.remoteAddress ?? '')) return 'The first page of the demo is shown on the machine itself only.';
  const { host = '', origin } = headers;
  if (!OWN_NAMES.has(host.replace(/:\d+$/, '')))
    return 'Open the first page of the demo as http://localhost, with the port of the gateway.';
  if (method === 'POST' && origin !== `http://${host}`) return 'Back ends are switched on the first page of the demo only.';
  return null;
}
