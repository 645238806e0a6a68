import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import inject, { type InjectOptions } from 'light-my-request';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { readOffer } from '../../src/config/import-offers.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { Problem } from '../../src/config/problem.ts';
import { readManifest } from '../../src/config/read-manifest.ts';
import type { LoadMeter } from '../../src/http/limits/load-meter.ts';
import { bearerClaim, defineAdapter, type GatewayConfigInput, issuedCookie, type OfferDefinition, urlParameter } from '../../src/index.ts';
import type { ViewerRole } from '../../src/model/viewer.ts';
import { createGateway, type Gateway } from '../../src/wiring/gateway.ts';
import type { GatewayOverrides } from '../../src/wiring/surroundings.ts';
import { patient } from './ask-source.ts';
import { STORE } from './stores.ts';
import { expectNoSurprise, isInternal } from './surprises.ts';
import { SECRET, signToken } from './tokens.ts';
import { PATIENTLY } from './waiting.ts';

export const IDENTIFIERS: GatewayConfigInput['identifiers'] = {
  crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid', { assurance: 'RECOGNIZED' })] },
  email: { class: 'person', normalize: 'email', limit: 5, capture: [urlParameter('email')] },
  visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
};

export const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    email: EmailAddress @from(source: "crm") @access(min: VERIFIED)
    notes: String @from(source: "crm") @access(roles: [AGENT])
    favouriteStore: String @from(source: "captured")
  }
`;

/** A source with records in memory, which records the keys of its calls. */
export function memorySource(records: Readonly<Record<string, unknown>>, options: Partial<Parameters<typeof defineAdapter>[0]> = {}) {
  const calls: string[][] = [];
  const adapter = defineAdapter({
    key: 'crmId',
    load: async (keys) => {
      calls.push([...keys]);
      return keys.map((key) => ((Object.hasOwn(records, key) ? records[key] : null) ?? null) as never);
    },
    ...options,
  });
  return { adapter, calls };
}

export interface TestGateway {
  readonly gateway: Gateway;
  readonly directory: string;
  /** The lines of the log. */
  readonly log: readonly string[];
  ask(query: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  readonly variables?: Record<string, unknown>;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly cookie?: string;
  /** Sends a token with this role, or with these. */
  readonly role?: ViewerRole | readonly ViewerRole[];
  readonly subject?: string;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly errors: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  readonly codes: readonly unknown[];
  /** The first cookie of the answer, as `name=value`. */
  readonly cookie: string | undefined;
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfigInput>;
  readonly schema?: string;
  /** Those without a time-out of their own have a patient one. */
  readonly dataSources?: Readonly<Record<string, DataAdapter>>;
  /** What the files in `offers/` export, by their names. `placements` are options of `config`. */
  readonly offers?: Readonly<Record<string, OfferDefinition>>;
  /** What `resolvers.ts` exports. */
  readonly resolvers?: object;
  readonly variables?: NodeJS.ProcessEnv;
  readonly now?: () => Date;
  readonly timeouts?: GatewayOverrides['timeouts'];
  readonly heldBytes?: number;
  /** At which request of it a document is kept. Default: the first. */
  readonly hotAfter?: number;
  readonly loadMeter?: GatewayOverrides['loadMeter'];
  readonly desktopFolder?: string;
  readonly ownRoutes?: GatewayOverrides['ownRoutes'];
  /** A folder with a store that outlives the gateway, or with a manifest of trusted documents. */
  readonly directory?: string;
  /** True: the test causes an unexpected error. Any other test fails when an answer has INTERNAL, or the log has an unexpected error. */
  readonly provokesInternal?: boolean;
}

const CRM = { 1: { name: 'Ada', email: 'ada@example.com', notes: 'likes tea' }, 2: { name: 'Ben', email: 'ben@example.com', notes: null } };

/** On a busy machine an operation that reads much may take longer than the default of ten seconds. */
const PATIENT_LIMITS = { time: `${PATIENTLY.timeout}ms` } as const;

/** On a busy machine, the tests themselves would be an overload. */
const IDLE: LoadMeter = { now: () => performance.now(), idle: () => performance.now(), busy: () => 0, repeat: () => () => {} };

/** A gateway without a port, closed when the test is over. Requests enter at its HTTP handler, as a server's do. */
export async function testGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const directory = options.directory ?? temporaryDirectory();
  const problems: Problem[] = [];
  const input = {
    identifiers: IDENTIFIERS,
    touchpoints: { web: { channel: 'WEB' } },
    store: STORE.url(directory, 'gateway'),
    ...options.config,
    limits: { ...PATIENT_LIMITS, ...options.config?.limits },
  };
  const config = parseConfig('gateway.config.ts', input, (problem) => problems.push(problem));
  const adapters = Object.entries(options.dataSources ?? { crm: memorySource(CRM).adapter });
  const dataSources = new Map(adapters.map(([name, adapter]) => [name, patient(adapter)]));
  const schema = { file: 'schema.graphql', text: options.schema ?? SCHEMA };
  const resolvers = options.resolvers ? { file: 'resolvers.ts', text: '', exported: options.resolvers } : null;
  const manifest = config?.documents.file;
  const documents = manifest === undefined ? [] : readManifest(join(directory, manifest), manifest, (problem) => problems.push(problem));
  const offers = Object.entries(options.offers ?? {}).map(([name, definition]) =>
    readOffer({ name, file: `offers/${name}.ts`, text: '' }, definition, (problem) => problems.push(problem)),
  );
  const log: string[] = [];
  const configuration = { configFile: 'gateway.config.ts', configText: '', config };
  const files = { directory, ...configuration, offers, schema, dataSources, brokenDataSources: new Set<string>(), resolvers };
  const gateway = await createGateway(
    { ...files, documents, problems },
    {
      variables: { GATEWAY_SECRET: SECRET, ...options.variables },
      logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
      hotAfter: options.hotAfter ?? 1,
      ...(options.now && { now: options.now }),
      // On a busy machine a test's client may not run for as long as the gateway waits between two pings.
      timeouts: { ping: PATIENTLY.timeout, ...options.timeouts },
      ...(options.heldBytes && { heldBytes: options.heldBytes }),
      ...(options.desktopFolder && { desktopFolder: options.desktopFolder }),
      ...(options.ownRoutes && { ownRoutes: options.ownRoutes }),
      loadMeter: options.loadMeter ?? IDLE,
    },
  );
  const internal: string[] = [];
  onTestFinished(async () => {
    await gateway.close();
    if (options.provokesInternal !== true) expectNoSurprise(internal, log);
  });
  await gateway.app.ready();
  // Requests enter in front of the fast lane, as a server's do. Fastify's own `inject` would enter behind it.
  const atTheFrontDoor = async (request: InjectOptions | string) => {
    const answer = await inject(gateway.handle, request);
    if (isInternal(answer.payload)) internal.push(answer.payload);
    return answer;
  };
  gateway.app.inject = atTheFrontDoor as typeof gateway.app.inject;

  const ask = async (
    query: string,
    { variables, path = '/graphql', headers = {}, cookie, role, subject = 'somebody' }: AskOptions = {},
  ) => {
    const token = role && (await signToken({ role, subject }));
    const response = await gateway.app.inject({
      method: 'POST',
      url: path,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(cookie && { cookie }), ...headers },
      payload: { query, variables },
    });
    const { data, errors = [] } = response.json() as { data: unknown; errors?: Answer['errors'] };
    const setCookie = [response.headers['set-cookie'] ?? []].flat()[0];
    return {
      status: response.statusCode,
      data,
      errors,
      codes: errors.map(({ extensions }) => extensions.code),
      cookie: setCookie?.split(';')[0],
    };
  };
  return { gateway, directory, log, ask };
}

/** @param atEnd is given what removes it again. Default: when the test is over. */
export function temporaryDirectory(atEnd: (end: () => void) => void = onTestFinished): string {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
