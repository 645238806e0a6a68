import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { parseConfig } from '../src/config/parse-config.ts';
import { createGateway, defineAdapter, type GatewayConfigInput, urlParameter } from '../src/index.ts';

/**
 * Sends the dearest requests that an anonymous client may send under the default limits, one at a time, to a gateway in a
 * process of its own. Prints what each costs there: CPU, memory, and for how long the event loop was silent,
 * and what CPU the process used meanwhile. The goal: 0.25 s
 * of CPU, 64 MB, 50 ms.
 *
 * `node bench/worst-request.ts [words of the names of cases]`
 */
const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    orders(first: Int, after: String, last: Int, before: String): OrderConnection @from(source: "orders")
    all: [Order!] @from(source: "orders")
  }
  type Order { no: String! text: String lines: [Line!] }
  type Line { sku: String product: Product @from(source: "catalog", key: "sku") }
  type Product { title: String }
`;
/** Orders of each customer, with their lines. */
const [ORDERS, LINES] = [300, 10];
/** As long as an interaction's properties may be. */
const FAT = 'x'.repeat(16_000);
const TOKENS = 4_900;

interface Cost {
  readonly cpu: number;
  readonly memory: number;
  readonly silent: number;
  readonly piece: number;
}

interface Request {
  readonly query: string;
  readonly variables?: object;
}

const times = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, index) => text(index)).join(' ');
const customer = (fields: string) => ({ query: `{ customer { ${fields} } }` });
const REPRESENTATIONS = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { %s } } }';

const CASES: Readonly<Record<string, (id: string) => Request>> = {
  'a small query': () => customer('name'),
  'aliases of interactions, the same arguments': () => customer(times(29, (n) => `a${n}: interactions(first: 0) { edges { cursor } }`)),
  'aliases of interactions, large pages': () =>
    customer(times(29, (n) => `a${n}: interactions(first: ${200 - n}) { edges { node { properties } } }`)),
  'aliases of interactions, cursors only': () => customer(times(29, (n) => `a${n}: interactions(first: ${200 - n}) { edges { cursor } }`)),
  'aliases of sessions': () =>
    customer(times(29, (n) => `a${n}: sessions(first: ${20 - (n % 20)}) { edges { node { interactionCount interactions { id } } } }`)),
  'references to the own customer': (id) => ({
    query: REPRESENTATIONS.replace(
      '%s',
      times(29, (n) => `a${n}: interactions(first: 0) { edges { cursor } }`),
    ),
    variables: { r: Array.from({ length: 100 }, () => ({ __typename: 'Customer', id })) },
  }),
  '14,000 references': (id) => ({
    query: REPRESENTATIONS.replace('%s', 'id'),
    variables: { r: Array.from({ length: 14_000 }, () => ({ __typename: 'Customer', id })) },
  }),
  'references to nobody': () => ({
    query: REPRESENTATIONS.replace('%s', 'id'),
    variables: { r: Array.from({ length: 14_000 }, (_, n) => ({ __typename: 'Customer', id: crypto.randomUUID() + n })) },
  }),
  'all orders under aliases': () => customer(times(20, (n) => `a${n}: all { no text lines { sku product { title } } }`)),
  'all lines under aliases': () => customer(times(20, (n) => `a${n}: all { lines { sku } }`)),
  'pages of orders by forged cursors': () =>
    customer(
      times(29, (n) => {
        const cursor = Buffer.from(`position:${n}:${'A'.repeat(16)}`).toString('base64url');
        return `a${n}: orders(first: 1, after: "${cursor}") { edges { cursor } }`;
      }),
    ),
  'one field, many times': () => customer(times(TOKENS, () => 'name')),
  'one object, many times': () => customer(times(TOKENS / 4, () => 'all { no }')),
  'nested objects, many times': () => customer(times(TOKENS / 10, () => 'all { lines { product { title } } }')),
  'fragments of each other': () => ({
    query: `{ customer { ...f0 } } ${times(TOKENS / 12, (n) => `fragment f${n} on Customer { name ${n < TOKENS / 12 - 1 ? `...f${n + 1}` : ''} }`)}`,
  }),
  'a fragment, many times': () => ({ query: `{ customer { ${times(TOKENS / 2, () => '...f')} } } fragment f on Customer { name }` }),
  'inline fragments, many times': () => customer(times(TOKENS / 5, () => '... { name }')),
  'unknown fields': () => customer(times(TOKENS, (n) => `nama${n}`)),
  'unknown arguments': () => customer(times(TOKENS / 6, (n) => `a: orders(firs${n}: 1)`)),
  'unknown fragments': () => customer(times(TOKENS / 2, (n) => `...f${n}`)),
  'unknown types': () => customer(times(TOKENS / 6, (n) => `... on Custome${n} { name }`)),
  'unused variables': () => ({ query: `query (${times(TOKENS / 4, (n) => `$v${n}: Int`)}) { customer { name } }` }),
  'fields in conflict': () => customer(times(TOKENS / 4, (n) => `a: ${n % 2 === 0 ? 'name' : 'id'}`)),
  'introspection, nested': () => ({
    query: `{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
  }),
  'introspection under aliases': () => ({
    query: `{ ${times(19, (n) => `a${n}: __schema { types { name description fields { name description args { name description type { name ofType { name } } } type { name } } } }`)} }`,
  }),
  'a long list in variables': () => ({
    query: 'query ($l: [String!]) { customer { interactions(types: $l) { edges { cursor } } } }',
    variables: { l: Array.from({ length: 150_000 }, (_, n) => `${n % 10}`) },
  }),
  'wrong variables': () => ({
    query: 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted } }',
    variables: { i: { interactions: Array.from({ length: 60_000 }, () => ({ a: 1 })) } },
  }),
  'a deep JSON variable': () => ({
    query: 'mutation ($p: JSON) { captureInteractions(input: { interactions: [{ type: "a", properties: $p }] }) { accepted } }',
    variables: { p: JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`) },
  }),
  'a document of one long text': () => customer(`interactions(types: ["${'x'.repeat(900_000)}"]) { edges { cursor } }`),
};

if (process.argv[2] === 'gateway') await serve();
else await measureAll(process.argv.slice(2));

async function serve(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'worst-request-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const config: GatewayConfigInput = {
    identifiers: { crmId: { class: 'person', unique: true, capture: [urlParameter('cid', { assurance: 'RECOGNIZED' })] } },
    store: 'sqlite:gateway.db',
  };
  const parsed = parseConfig('bench', config, ({ message }) => {
    throw new Error(message);
  });
  const lines = Array.from({ length: LINES }, (_, line) => ({ sku: `sku-${line}` }));
  const orders = Array.from({ length: ORDERS }, (_, no) => ({ no: `no-${no}`, text: 'text '.repeat(20), lines }));
  const dataSources = new Map([
    ['crm', defineAdapter({ key: 'crmId', load: async (keys) => keys.map((name) => ({ name })) })],
    ['orders', defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => orders) })],
    ['catalog', defineAdapter({ key: 'sku', load: async (keys) => keys.map((title) => ({ title })) })],
  ]);
  const gateway = await createGateway(
    {
      directory,
      configFile: 'bench',
      configText: '',
      config: parsed,
      schema: { file: 'schema.graphql', text: SCHEMA },
      dataSources,
      brokenDataSources: new Set<string>(),
      offers: [],
      documents: [],
      resolvers: null,
      problems: [],
    },
    { variables: { GATEWAY_SECRET: 'a secret of the bench, which is long enough' }, logger: pino({ level: 'silent' }) },
  );
  const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let cpu = process.cpuUsage();
  let peak = 0;
  // What the process did itself between two turns of the event loop: other work on the machine adds nothing to it.
  let piece = 0;
  let last = process.threadCpuUsage();
  let turn = 0;
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    piece = Math.max(piece, user + system);
    if (turn++ % 5 === 0) peak = Math.max(peak, process.memoryUsage().rss);
    last = process.threadCpuUsage();
  }, 1);
  let before = 0;
  process.on('message', (what) => {
    if (what === 'begin') {
      globalThis.gc?.();
      before = process.memoryUsage().rss;
      peak = before;
      cpu = process.cpuUsage();
      last = process.threadCpuUsage();
      piece = 0;
      delay.reset();
      process.send?.('ready');
      return;
    }
    const { user, system } = process.cpuUsage(cpu);
    const memory = Math.max(peak, process.memoryUsage().rss) - before;
    process.send?.({ cpu: (user + system) / 1e6, memory: memory / 2 ** 20, silent: delay.max / 1e6, piece: piece / 1e3 } satisfies Cost);
  });
  process.on('disconnect', () => process.exit());
  process.send?.(url);
}

async function measureAll(words: readonly string[]): Promise<void> {
  const child = fork(import.meta.filename, ['gateway'], { execArgv: ['--expose-gc'] });
  const [url] = (await once(child, 'message')) as [string];
  const post = async ({ query, variables }: Request) => {
    const body = JSON.stringify({ query, variables });
    if (body.length > 2 ** 20) throw new Error(`expected a body of at most 1 MB, made one of ${body.length} bytes`);
    const answer = await fetch(`${url}/graphql?cid=1`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return { status: answer.status, text: await answer.text() };
  };
  const id = await fill(post);
  process.stdout.write(
    '| request | status | answer | CPU s | memory MB | silent ms | of it own CPU |\n| --- | --- | --- | --- | --- | --- | --- |\n',
  );
  for (const [name, make] of Object.entries(CASES)) {
    if (!words.every((word) => name.includes(word))) continue;
    const request = make(id);
    // The first of each kind also pays for code that is compiled.
    for (let time = 0; time < 2; time++) {
      await ask(child, 'begin');
      const { status, text } = await post({ ...request, query: `${request.query} #${time}` });
      const { cpu, memory, silent, piece } = (await ask(child, 'end')) as Cost;
      const what = /"code":"(\w+)"/.exec(text)?.[1] ?? `${(text.length / 1_024).toFixed(0)} kB`;
      process.stdout.write(
        `| ${name} | ${status} | ${what} | ${cpu.toFixed(2)} | ${memory.toFixed(0)} | ${silent.toFixed(0)} | ${piece.toFixed(0)} |\n`,
      );
    }
  }
  child.disconnect();
}

async function ask(child: ChildProcess, what: 'begin' | 'end'): Promise<unknown> {
  const answered = once(child, 'message');
  child.send(what);
  const [answer] = await answered;
  return answer;
}

/** Makes a journey of 600 interactions, as large as they may be. @returns the customer's id. */
async function fill(post: (request: Request) => Promise<{ readonly text: string }>): Promise<string> {
  for (let batch = 0; batch < 12; batch++) {
    const interactions = Array.from({ length: 50 }, () => ({ type: 'visit', properties: { text: FAT } }));
    const query = 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted } }';
    await post({ query, variables: { i: { interactions } } });
  }
  const { text } = await post(customer('id'));
  return JSON.parse(text).data.customer.id;
}
