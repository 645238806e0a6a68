import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewerRole } from '../../src/model/viewer.ts';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { SECRET, signToken } from '../support/tokens.ts';

type AtEnd = (end: () => void) => void;

/** What the gateways of a test share. */
export interface SharedParts {
  /** The URL of the store. */
  readonly store: string;
  /** The URL of the Redis; without it, each gateway is on its own. */
  readonly redis?: string;
  /** How long a gateway serves after SIGTERM. */
  readonly drain?: string;
  /** Is given what ends each gateway. */
  readonly atEnd: AtEnd;
}

/** A request as a client sends it. */
export interface Request {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly cookie?: string | undefined;
  /** In place of `/graphql`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly codes: readonly unknown[];
  /** The cookies that were set, as `name=value`. */
  readonly cookies: readonly string[];
  readonly retryAfter: string | null;
}

const CONFIG = `
import { bearerClaim, defineGateway, handoff, issuedCookie } from 'customer-profile-gateway';

export default defineGateway({
  identifiers: {
    crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), handoff('ct')] },
    email: { class: 'person', normalize: 'email' },
    visitorId: { class: 'cookie', capture: [issuedCookie('visitor'), handoff('ct')] },
  },
  touchpoints: {
    web: { channel: 'WEB', origins: ['https://shop.example'] },
    app: { channel: 'MOBILE', origins: ['https://app.example'] },
  },
  store: process.env.STORE_URL,
  shared: process.env.SHARED_URL,
  drain: process.env.DRAIN,
  // The tests are no overload, however busy the machine is.
  limits: { shedding: false },
});
`;

const SCHEMA = 'type Customer { favouriteStore: String @from(source: "captured") }\n';

/** One gateway in a process of its own. */
export interface Replica {
  readonly url: string;
  readonly process: Command;
  /** Sends one operation. @throws TypeError where the connection fails. */
  ask(query: string, request?: Request): Promise<Answer>;
  /** The status of `/health/ready`; null where nothing listens. */
  readiness(): Promise<number | null>;
}

/** Gateways of one project, which are started one by one. */
export class Replicas {
  readonly #directory: string;
  readonly #parts: SharedParts;

  constructor(parts: SharedParts) {
    this.#parts = parts;
    this.#directory = temporaryDirectory(parts.atEnd);
    mkdirSync(join(this.#directory, 'datasources'));
    writeFileSync(join(this.#directory, 'gateway.config.ts'), CONFIG);
    writeFileSync(join(this.#directory, 'schema.graphql'), SCHEMA);
  }

  /** @returns when it serves. */
  async start(): Promise<Replica> {
    const { store, redis, drain, atEnd } = this.#parts;
    const variables = { GATEWAY_SECRET: SECRET, STORE_URL: store, SHARED_URL: redis, DRAIN: drain };
    const options = { directory: this.#directory, variables, atEnd };
    const process = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], options);
    const url = await process.says(GATEWAY_URL);
    return { url, process, ask: (query, request) => ask(url, query, request), readiness: () => readiness(url) };
  }

  /** Starts several at the same time, as an orchestrator does. */
  startAll(count: number): Promise<Replica[]> {
    return Promise.all(Array.from({ length: count }, () => this.start()));
  }
}

async function ask(url: string, query: string, { variables, token, cookie, path = '/graphql', headers }: Request = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(cookie && { cookie }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as { data?: unknown; errors?: { extensions: { code: unknown } }[] };
  return {
    status: response.status,
    data,
    codes: errors.map(({ extensions }) => extensions.code),
    cookies: response.headers.getSetCookie().map((each) => each.replace(/;.*$/, '')),
    retryAfter: response.headers.get('retry-after'),
  };
}

async function readiness(url: string): Promise<number | null> {
  try {
    const response = await fetch(`${url}/health/ready`);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

const tokens = new Map<string, Promise<string>>();

/** A login token. The same one for the same role and subject. */
export function tokenOf(role: ViewerRole, subject: string): Promise<string> {
  const key = `${role} ${subject}`;
  const token = tokens.get(key) ?? signToken({ role, subject });
  tokens.set(key, token);
  return token;
}
