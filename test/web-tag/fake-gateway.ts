import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { bodyOf, serve } from '../support/services.ts';

export interface TagRecord {
  readonly id: string;
  readonly type: string;
  readonly touchpoint?: string;
  readonly occurredAt: string;
  readonly pageUrl: string;
  readonly properties?: Record<string, unknown>;
  readonly attributes?: Record<string, unknown>;
}

type Awaitable<Value> = Value | Promise<Value>;

interface Variables {
  readonly i?: { readonly touchpoint?: string; readonly url?: string; readonly token?: string; readonly response?: string };
  /** The placements and slots of a query for offers (`p0`, `f0`), and its locale (`l`). */
  readonly [name: string]: unknown;
}

export interface FakeOffer {
  readonly content: Record<string, unknown>;
  readonly token: string;
}

/** A request that was received; preflights are left out. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly records: readonly TagRecord[];
  readonly graphql: { readonly query: string; readonly variables?: Variables };
  /** The status of the answer; undefined before the answer. */
  status?: number;
}

const SCRIPTS = {
  tag: readFileSync('src/http/generated/tag.js', 'utf8').replace('__CT__', 'ct'),
  offers: readFileSync('src/http/generated/tag-offers.js', 'utf8'),
};

/** The routes that the tag uses of a gateway, on another origin than the page. Records what it receives, and answers as the test says. */
export async function fakeGateway() {
  const received: Received[] = [];
  const watchers = new Set<() => void>();
  let visitors = 0;
  let tokens = 0;

  const gateway = {
    url: '',
    received,
    /** The status for these records; a promise delays the answer. */
    answer: (_records: readonly TagRecord[]): number | Promise<number> => 200,
    resetStatus: 200,
    /** Resolves when a handoff token may be given; `false` for none. */
    handoff: (): boolean | Promise<boolean> => true,
    /** The offers of a placement; a promise delays the answer, null is the answer to who may not have any. */
    offers: (_placement: string): Awaitable<readonly FakeOffer[] | null> => [],
    /** Replaces the whole answer to a query for offers. */
    offersAnswer: undefined as string | undefined,
    /** What was responded to offers: `PRESENTED token`. */
    responses: () =>
      received.flatMap(({ graphql: { query, variables } }) =>
        query.includes('respondToOffer') ? [`${variables?.i?.response} ${variables?.i?.token}`] : [],
      ),
    /** The variables of the queries for offers. */
    asked: () => received.flatMap(({ graphql }) => (graphql.query.includes('offers(') ? [graphql.variables] : [])),
    /** The requests to this path. */
    to: (path: string) => received.filter((request) => request.path === path),
    records: () => received.flatMap(({ records }) => records),
    /** The records that were answered with success, each once. */
    accepted: () => {
      const answered = received.filter(({ status }) => status === 200).flatMap(({ records }) => records);
      return [...new Map(answered.map((record) => [record.id, record])).values()];
    },
    types: () => gateway.records().map(({ type }) => type),
    /** Waits until `find` returns a value. @returns that value. */
    async until<Found>(find: () => Found | undefined | false): Promise<Found> {
      for (;;) {
        const found = find();
        if (found) return found;
        const { promise, resolve } = Promise.withResolvers<void>();
        watchers.add(resolve);
        await promise;
        watchers.delete(resolve);
      }
    },
    /** Waits for so many different records that were answered with success. */
    untilAccepted: (count: number) => gateway.until(() => gateway.accepted().length >= count && gateway.accepted()),
  };

  const changed = () => {
    for (const watcher of watchers) watcher();
  };

  async function offersOf(variables: Variables): Promise<unknown> {
    const customer: Record<string, unknown> = {};
    for (let at = 0; variables[`p${at}`] !== undefined; at++) {
      const offers = await gateway.offers(variables[`p${at}`] as string);
      customer[`o${at}`] = offers?.slice(0, (variables[`f${at}`] as number | undefined) ?? offers.length) ?? null;
    }
    return { data: { customer } };
  }

  gateway.url = await serve(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://gateway');
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-allow-headers', 'content-type, authorization, x-touchpoint');
    if (request.method === 'OPTIONS') return void response.end();
    if (pathname.endsWith('.js'))
      return void response.setHeader('content-type', 'text/javascript').end(pathname.endsWith('offers.js') ? SCRIPTS.offers : SCRIPTS.tag);
    const body = await bodyOf(request);
    const isInteractions = pathname.endsWith('/interactions');
    const entry: Received = {
      path: pathname,
      headers: request.headers,
      records: isInteractions ? JSON.parse(body) : [],
      graphql: pathname.endsWith('/graphql') ? JSON.parse(body) : { query: '' },
    };
    received.push(entry);
    changed();

    let answer: unknown = { accepted: entry.records.length, duplicates: 0, rejected: [] };
    let status = 200;
    const isNew = !request.headers.cookie?.includes('visitor=');
    if (isInteractions) status = await gateway.answer(entry.records);
    if (entry.graphql.query.includes('resetVisitor')) {
      status = gateway.resetStatus;
      answer = status === 200 ? { data: { resetVisitor: { __typename: 'ResetVisitorPayload' } } } : { errors: [{ message: 'refused' }] };
    }
    if (isNew || (entry.graphql.query.includes('resetVisitor') && status === 200)) {
      visitors++;
      response.setHeader('set-cookie', `visitor=${visitors}; HttpOnly; SameSite=Lax; Path=/`);
    }
    if (entry.graphql.query.includes('createHandoff')) {
      const url = new URL(entry.graphql.variables?.i?.url ?? '');
      url.searchParams.append('ct', `T${++tokens}`);
      const expiresAt = new Date(Date.now() + 300_000).toISOString();
      answer = (await gateway.handoff()) ? { data: { createHandoff: { url: url.href, expiresAt } } } : { data: null, errors: [{}] };
    }
    if (entry.graphql.query.includes('offers(')) answer = await offersOf(entry.graphql.variables ?? {});
    if (gateway.offersAnswer !== undefined && entry.graphql.query.includes('offers(')) return void response.end(gateway.offersAnswer);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    entry.status = status;
    changed();
  });
  return gateway;
}

export type FakeGateway = Awaited<ReturnType<typeof fakeGateway>>;

export interface SiteOptions {
  /** Attributes of the tag's script element. */
  readonly attributes?: string;
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A web site with the tag on every page, except those under /elsewhere. @returns its URL. */
export function site(gateway: FakeGateway, { attributes = '', head = '', body = '', headers = {} }: SiteOptions = {}): Promise<string> {
  return serve((request, response) => {
    const path = request.url ?? '';
    if (path === '/favicon.ico') return void response.writeHead(204).end();
    const script = path.startsWith('/elsewhere')
      ? ''
      : `<script src="${gateway.url}/tag.js" defer data-touchpoint="web" ${attributes}></script>`;
    response.writeHead(200, { 'content-type': 'text/html', ...headers });
    response.end(`<!doctype html><title>Page ${path.split('?')[0]}</title>${head}${script}<body>${body}</body>`);
  });
}
