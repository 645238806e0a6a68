import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pageHeaders } from '../security-headers.ts';
import { addStaticPage } from './static-page.ts';

/** What GraphiQL opens with. */
const FIRST_QUERY = `# The customer of this request.
# In the demo, add ?cid=17850 to the
# address of this page.
{
  customer {
    id
    assurance
    sources { name status }
  }
}
`;

/** The page's options; `IN_THE_BROWSER` adds the others. */
const OPTIONS = { title: 'GraphiQL · customer profile gateway', defaultQuery: FIRST_QUERY };

/** `GET /graphiql`: one self-contained page, which works without internet as Apollo Sandbox does not. */
export function addGraphiqlPage(app: FastifyInstance): void {
  addStaticPage(app, {
    path: '/graphiql',
    type: 'text/html; charset=utf-8',
    // 9 MB, compared by its ETag.
    cacheControl: 'no-cache',
    headers: (page) => pageHeaders({ ...LOADS, 'script-src': `'sha256-${hashOfScript(page)}'` }),
    text: async () => {
      // Loaded when the page is first opened: it is as large as the rest of the gateway together.
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
      const page = renderGraphiQL(OPTIONS);
      const options = JSON.stringify(OPTIONS);
      const at = page.lastIndexOf(options);
      if (at === -1) throw new Error('expected the page of @graphql-yoga/render-graphiql to end with its options');
      return `${page.slice(0, at)}(${IN_THE_BROWSER})(${options})${page.slice(at + options.length)}`;
    },
  });
}

/** What the page loads beside its script. Its editor makes style sheets, and workers of a blob. */
const LOADS = {
  'style-src': "'unsafe-inline'",
  'img-src': 'data:',
  'font-src': 'data:',
  'worker-src': 'blob:',
  'connect-src': "'self'",
} as const;

/** The only script of the page, as a browser hashes it: the text between its tags. */
function hashOfScript(page: string): string {
  const [, script, others] = /<script>(.*?)<\/script>(.*)/s.exec(page) ?? [];
  if (script === undefined || others?.includes('</script')) {
    throw new Error('expected the page of @graphql-yoga/render-graphiql to have one script');
  }
  return createHash('sha256').update(script).digest('base64');
}

/**
 * Makes GraphiQL's options in the browser.
 *
 * Its own fetcher sends the headers of the editor over HTTP only, and loses the page's parameters, such as `cid`, with
 * which a WebSocket's address has to identify the customer: a WebSocket sends no `Referer`. So here is another: a
 * subscription has a socket of its own (graphql-transport-ws), with the headers in its `connection_init`.
 *
 * When the page is loaded again GraphiQL compares what it opens with to the tabs that it has stored, and without a query
 * in the address it opens an empty one beside them. So the query of the open tab is given to it.
 */
const IN_THE_BROWSER = `(options) => {
  const parameters = new URLSearchParams(location.search);
  const asked = parameters.get('query');
  for (const name of ['query', 'operationName', 'variables', 'extensions']) parameters.delete(name);
  const search = String(parameters) && '?' + parameters;

  const openTab = () => {
    try {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
      return asked ? tabs.find(({ query }) => query === asked) : tabs[activeTabIndex] ?? tabs[0];
    } catch {
      return undefined;
    }
  };

  const typeOf = (ast, name) =>
    ast?.definitions.find((each) => each.kind === 'OperationDefinition' && (!name || each.name?.value === name))?.operation;

  const subscribe = (payload, headers) => ({
    subscribe(observer) {
      const address = new URL('/graphql' + search, location.href);
      address.protocol = address.protocol.replace('http', 'ws');
      const socket = new WebSocket(address, 'graphql-transport-ws');
      const send = (message) => socket.send(JSON.stringify(message));
      let isOver = false;
      const end = (report) => {
        if (!isOver) report();
        isOver = true;
        socket.close(1000);
      };
      socket.onopen = () => send({ type: 'connection_init', payload: headers });
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload });
        else if (message.type === 'ping') send({ type: 'pong' });
        else if (message.type === 'next' && !isOver) observer.next(message.payload);
        else if (message.type === 'error') end(() => observer.next({ errors: message.payload }) ?? observer.complete());
        else if (message.type === 'complete') end(() => observer.complete());
      };
      socket.onclose = ({ code, reason }) => end(() => observer.error(new Error('the socket was closed: ' + code + ' ' + reason)));
      return { unsubscribe: () => end(() => {}) };
    },
  });

  const fetcher = async ({ query, operationName, variables }, { headers = {}, documentAST } = {}) => {
    const payload = { query, operationName: operationName ?? undefined, variables };
    if (typeOf(documentAST, operationName) === 'subscription') return subscribe(payload, headers);
    const accept = 'application/graphql-response+json, application/json';
    const response = await fetch('/graphql' + search, {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json', accept, ...headers },
      body: JSON.stringify(payload),
    });
    return response.json();
  };

  const tab = openTab();
  return {
    ...options,
    fetcher,
    ...(tab && { query: tab.query ?? '', variables: tab.variables ?? undefined, initialHeaders: tab.headers ?? undefined }),
  };
}`;
