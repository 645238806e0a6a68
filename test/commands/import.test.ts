import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readTransactions, TRANSACTIONS_FILE } from '../../examples/demo-back-ends/transactions.ts';
import { readIdentifyEvents } from '../../src/commands/import/identify-events-file.ts';
import { Progress } from '../../src/commands/import/progress.ts';
import { importRecords } from '../../src/commands/import.ts';
import { CLI, Command } from '../support/command.ts';
import { type TestGateway, temporaryDirectory, testGateway } from '../support/gateway.ts';
import { STORE } from '../support/stores.ts';

const configOf = (store: string) => `import { defineGateway, issuedCookie } from 'customer-profile-gateway';
export default defineGateway({
  identifiers: {
    crmId: { class: 'person', unique: true },
    email: { class: 'person', normalize: 'email', limit: 5 },
    visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
  },
  touchpoints: { web: { channel: 'WEB' }, callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] } },
  store: '${store}',
});
`;

/** @returns the folder of a new project, whose store testGateway can open as well. */
function newProject(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'gateway.config.ts'), configOf(STORE.url(directory, 'gateway')));
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { favouriteStore: String @from(source: "captured") }\n');
  return directory;
}

const run = (directory: string, args: readonly string[]) => new Command(CLI, ['import', ...args], { directory }).ended();
const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');
const rejectedIn = (directory: string, file: string) =>
  linesOf(join(directory, `${file}.rejected.ndjson`)).map((line) => JSON.parse(line) as Rejected);

interface Rejected {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly record: unknown;
}

/** What the summary says. */
function countsOf(stdout: string): { lines: number; accepted: number; duplicates: number; rejected: number } {
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  return {
    lines: number(/: (\d+) (?:interactions|identifiers)/),
    accepted: number(/accepted +(\d+)/),
    duplicates: number(/(?:duplicates|nothing new) +(\d+)/),
    rejected: number(/rejected +(\d+)/),
  };
}

/** The properties of all interactions that are stored. */
async function propertiesIn<Properties>(directory: string): Promise<Properties[]> {
  const rows = await query<{ properties: string }>(directory, 'select properties from interaction');
  return rows.map(({ properties }) => JSON.parse(properties));
}

async function query<Row>(directory: string, sql: string): Promise<Row[]> {
  return (await STORE.rows(directory, 'gateway', sql)) as Row[];
}

function writeNdjson(file: string, records: readonly unknown[]): void {
  writeFileSync(file, records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''));
}

/** Everything that a customer did, as an agent sees it. */
async function journeyOf({ ask }: TestGateway, crmId: string) {
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  const nodes: any[] = [];
  let after: string | null = null;
  do {
    const { data } = await ask(
      `query ($crmId: String!, $after: String) { customerByIdentifier(identifier: { type: "crmId", value: $crmId }) {
        interactions(first: 200, after: $after) {
          edges { node { id type occurredAt touchpoint source properties } } pageInfo { hasNextPage endCursor } } } }`,
      { variables: { crmId, after }, role: 'AGENT' },
    );
    const { edges, pageInfo } = data.customerByIdentifier.interactions;
    nodes.push(...edges.map(({ node }: { node: unknown }) => node));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return nodes;
}

const RETAIL = [
  ...['--map', 'CustomerID=crmId', '--map', 'InvoiceDate=occurredAt', '--date-format', 'dd/mm/yyyy'],
  ...['--map', 'InvoiceNo=properties.invoiceNo', '--map', 'StockCode=properties.sku'],
  ...['--map', 'Quantity=properties.quantity', '--number', 'properties.quantity', '--ignore-other-columns'],
  ...['--set', 'type=purchase', '--set', 'touchpoint=web'],
];

it("stores the demo's real transactions, and a gateway then shows them; imported again, each is a duplicate", async () => {
  const directory = newProject();
  copyFileSync(TRANSACTIONS_FILE, join(directory, 'retail.csv'));
  const transactions = readTransactions();
  const named = transactions.filter(({ customerId }) => customerId !== '');

  const first = await run(directory, ['interactions', 'retail.csv', ...RETAIL]);
  expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/100% {2}\d+ lines {2}\d+\/s {2}0 s left/) });
  const counts = { lines: transactions.length, rejected: transactions.length - named.length };
  expect(countsOf(first.stdout)).toEqual({ ...counts, accepted: named.length, duplicates: 0 });
  expect(first.stdout).toContain('retail.csv.rejected.ndjson');
  const second = await run(directory, ['interactions', 'retail.csv', ...RETAIL]);
  expect(countsOf(second.stdout)).toEqual({ ...counts, accepted: 0, duplicates: named.length });
  expect(rejectedIn(directory, 'retail.csv')).toHaveLength(counts.rejected);

  const journey = await journeyOf(await testGateway({ directory }), '17850');
  const imported = journey.map(({ id, ...rest }) => JSON.stringify(rest)).sort();
  const expected = named
    .filter(({ customerId }) => customerId === '17850')
    .map(({ invoiceNo, sku, quantity, date }) =>
      JSON.stringify({
        type: 'purchase',
        occurredAt: `${date}T00:00:00.000Z`,
        touchpoint: 'web',
        source: 'import',
        properties: { invoiceNo, sku, quantity },
      }),
    );
  expect(expected.length).toBeGreaterThan(100);
  expect(imported).toEqual(expected.sort());
});

it("imports the demo's transactions by the command that the documentation gives", async () => {
  const documented = /npm run gateway -- (import interactions examples[^`]+)```/.exec(readFileSync('docs/import.md', 'utf8'))?.[1] ?? '';
  const args = documented.replaceAll('\\\n', ' ').trim().split(/\s+/);
  const state = temporaryDirectory();
  args[args.indexOf('--state') + 1] = state;
  const command = new Command(CLI, args, { variables: { DATABASE_URL: `sqlite:${join(state, 'gateway.db')}` } });
  const { code, stdout } = await command.ended();
  const named = readTransactions().filter(({ customerId }) => customerId !== '').length;
  expect([code, countsOf(stdout).accepted]).toEqual([0, named]);
});

it('goes on after kill -9, wherever it comes: nothing is lost, nothing doubled, each rejected line listed once', async () => {
  const directory = newProject();
  const total = 16_000;
  const isBroken = (index: number) => index % 10 === 3;
  const records = Array.from({ length: total }, (_, index) =>
    isBroken(index)
      ? { type: 'visit', touchpoint: 'nowhere', identifiers: { crmId: '1' } }
      : { type: 'visit', properties: { index }, identifiers: { crmId: String(1 + (index % 97)), visitorId: `v${index % 291}` } },
  );
  writeNdjson(join(directory, 'visits.ndjson'), records);

  const reached: number[] = [];
  for (const least of [0, 1, 4_000, 8_000]) {
    const { signal, done } = await importUntil(directory, 'visits.ndjson', least, 'SIGKILL');
    expect(signal).toBe('SIGKILL');
    reached.push(done);
  }
  // Each run got on from where the one before was.
  expect(reached).toEqual(reached.toSorted((a, b) => a - b));
  expect(reached.at(-1)).toBeGreaterThanOrEqual(8_000);

  // What a kill leaves that comes after rejected lines are written and before the checkpoint says so.
  appendFileSync(join(directory, 'visits.ndjson.rejected.ndjson'), '{"line":15994,"code":"BAD_USER_INPUT"}\n{"line":16');

  const { code, stdout, stderr } = await run(directory, ['interactions', 'visits.ndjson']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/going on after \d+000 lines$/m);
  const counts = countsOf(stdout);
  expect(counts).toMatchObject({ lines: total, rejected: total / 10 });
  // Records that were stored just before a kill count as duplicates.
  expect(counts.accepted + counts.duplicates).toBe((total / 10) * 9);
  const indexes = (await propertiesIn<{ index: number }>(directory)).map(({ index }) => index);
  expect(indexes.toSorted((a, b) => a - b)).toEqual(records.flatMap((_, index) => (isBroken(index) ? [] : [index])));
  const lines = rejectedIn(directory, 'visits.ndjson').map(({ line }) => line);
  expect(lines).toEqual(records.flatMap((_, index) => (isBroken(index) ? [index + 1] : [])));
  expect(existsSync(join(directory, 'visits.ndjson.import.json'))).toBe(false);
});

/** Lets an import run until its checkpoint has so many lines, then sends it a signal. */
async function importUntil(directory: string, file: string, least: number, signal: NodeJS.Signals, state = '.') {
  const checkpoint = join(directory, state, `${file}.import.json`);
  const done = () => {
    if (!existsSync(checkpoint)) return -1;
    return (JSON.parse(readFileSync(checkpoint, 'utf8')) as { counts: { lines: number } }).counts.lines;
  };
  const before = done();
  const args = [resolve(CLI), 'import', 'interactions', file, '--state', state];
  const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  const stderr = text(child.stderr);
  const watcher = watch(dirname(checkpoint), () => {
    // What was there before the run says nothing of how far the run has come.
    if (!child.killed && done() >= least && (least === 0 || done() > before)) child.kill(signal);
  });
  await once(child, 'close').finally(() => watcher.close());
  return { code: child.exitCode, signal: child.signalCode, stderr: await stderr, done: done() };
}

it('ends between two batches at a signal, and begins again for a file that has changed since', async () => {
  const directory = newProject();
  const file = join(directory, 'visits.ndjson');
  writeNdjson(
    file,
    Array.from({ length: 10_000 }, (_, index) => ({ type: 'visit', identifiers: { crmId: String(1 + (index % 50)) } })),
  );
  mkdirSync(join(directory, 'state'));
  const stopped = await importUntil(directory, 'visits.ndjson', 1, 'SIGTERM', 'state');
  expect(stopped).toMatchObject({ code: 1, signal: null, stderr: expect.stringContaining('give the same command again') });
  expect(stopped.done).toBeGreaterThan(0);

  appendFileSync(file, '{"type":"visit","identifiers":{"crmId":"51"}}\n');
  const again = await run(directory, ['interactions', 'visits.ndjson', '--state', 'state']);
  expect(again.stderr).toContain('from the beginning');
  expect(countsOf(again.stdout).lines).toBe(10_001);
  expect(await query(directory, 'select count(*) as n from interaction')).toEqual([{ n: 10_001 }]);
  expect(existsSync(join(directory, 'state', 'visits.ndjson.import.json'))).toBe(false);
});

it('says that a file changed while it was read, and stores the new lines when it is imported again', async () => {
  const directory = newProject();
  const file = join(directory, 'visits.ndjson');
  const visits = Array.from({ length: 10_000 }, (_, index) => ({ type: 'visit', identifiers: { crmId: String(1 + (index % 50)) } }));
  writeNdjson(file, visits);
  const child = spawn(process.execPath, [resolve(CLI), 'import', 'interactions', 'visits.ndjson'], { cwd: directory });
  const stderr = text(child.stderr);
  child.stdout.resume();
  const checkpoint = `${file}.import.json`;
  let hasChanged = false;
  const watcher = watch(directory, () => {
    if (hasChanged || !existsSync(checkpoint)) return;
    hasChanged = true;
    appendFileSync(file, '{"type":"visit","identifiers":{"crmId":"51"}}\n');
  });
  await once(child, 'close').finally(() => watcher.close());
  expect([child.exitCode, hasChanged]).toEqual([1, true]);
  expect(await stderr).toContain('import: visits.ndjson changed while it was read: give the same command again');
  expect(await run(directory, ['interactions', 'visits.ndjson'])).toMatchObject({ code: 0 });
  expect(await query(directory, 'select count(*) as n from interaction')).toEqual([{ n: 10_001 }]);
});

it('sums up why lines were rejected, and says what to look at where nothing is stored', async () => {
  const directory = newProject();
  const summaryOf = async (name: string, content: string, args: readonly string[] = []) => {
    writeFileSync(join(directory, name), content);
    const { code, stdout } = await run(directory, ['interactions', name, ...args]);
    expect(code).toBe(0);
    return stdout;
  };
  const visit = '{"type":"visit"}\n';
  const none = await summaryOf('none.ndjson', `${visit.repeat(4)}\nno JSON\n`);
  expect(none).toContain(`  rejected    5, to be found in none.ndjson.rejected.ndjson
    4 BAD_USER_INPUT (lines 1, 2, 3, …): identifiers: expected at least one that says whose the interaction is, received none
    1 BAD_USER_INPUT (line 6): expected a JSON object, received something that is no JSON
`);
  expect(none).toContain(
    'Nothing of the file is stored. Look at the lines that are named above: has each of them the fields of an interaction?',
  );
  expect(await summaryOf('none.csv', 'crmId,type\n,visit\n')).toContain('mapped to one with --map COLUMN=FIELD?');
  expect(await summaryOf('empty.ndjson', '')).toContain('The file holds no interactions: expected a JSON object on each line');
  expect(await summaryOf('empty.csv', 'crmId,type\n')).toContain(
    "The file holds no interactions: expected rows under the line with the columns' names.",
  );

  const some = await summaryOf('some.ndjson', `${visit}{"type":"visit","identifiers":{"crmId":"1"}}\n`);
  expect(some).toContain('1 BAD_USER_INPUT (line 1): identifiers: expected');
  expect(some).not.toContain('Nothing of the file');
  const many = Array.from({ length: 12 }, (_, index) => `{"type":"visit","field${index}":1}\n`).join('');
  expect(await summaryOf('many.ndjson', many)).toMatch(/(\n {4}1 BAD_USER_INPUT \(line \d+\): [^\n]+){10}\n {4}and 2 more reasons\n/);
});

it('says which folder it can not write to', async () => {
  const directory = newProject();
  const file = join(directory, 'visits.ndjson');
  const within = (name: string) => join(directory, name);
  writeFileSync(file, '{"type":"visit","identifiers":{"crmId":"1"}}\n');
  symlinkSync('nowhere/at/all', within('dangling'));
  const run = (state: string) => importRecords('interactions', file, { config: within('gateway.config.ts'), state });
  for (const [state, code] of [
    ['/proc/x', 'ENOENT'],
    ['/proc/x/y', 'ENOENT'],
    [within('dangling'), 'EEXIST|ENOENT'],
    [file, 'EEXIST'],
    [`${file}/x`, 'EEXIST|ENOTDIR'],
  ] as const) {
    const words = `import: expected a folder that can be written to, ${state} is none \\((${code})\\); name another with --state DIR`;
    await expect(run(state)).rejects.toThrow(new RegExp(`^${words}$`));
  }
});

it('reads a CSV as its options say: columns, numbers, dates, fixed values; rejected rows can be corrected and imported again', async () => {
  const directory = newProject();
  const csv = [
    'Customer;Mail;When;Kind;Code;Amount;Note;Store;Colour',
    '1;ada@x.io;1/2/2026 8:26;order;00123;12.50;"12"" vinyl; black";Leeds;red',
    '2;;01/02/2026;;00124;3;;;blue',
    '3;;31/02/2026;order;1;1;;;',
    '4;;01/02/2026;order;1;1e3;;;',
    '5;;01/02/2026;order;1;012;;;',
    ';guest;01/02/2026;order;1;1;;;',
    '6;;01/02/2026;order',
  ];
  writeFileSync(join(directory, 'orders.csv'), csv.join('\r\n'));
  const unmapped = await run(directory, ['interactions', 'orders.csv', '--delimiter', ';', '--map', 'Customer=crmId', '--set', 'type=x']);
  expect(unmapped.code).toBe(1);
  expect(unmapped.stderr).toContain('no field is Mail, When, Kind, Code, Amount, Note, Store, Colour:');
  const map = { Customer: 'crmId', Mail: 'email', When: 'occurredAt', Kind: 'properties.kind', Code: 'properties.code' };
  const more = { Amount: 'properties.amount', Note: 'properties.note', Store: 'attributes.favouriteStore' };
  const options = [
    ...Object.entries({ ...map, ...more }).flatMap(([column, field]) => ['--map', `${column}=${field}`]),
    ...['--delimiter', ';', '--number', 'properties.amount', '--date-format', 'dd/mm/yyyy', '--set', 'type=purchase'],
    '--ignore-other-columns',
  ];
  const { code, stdout } = await run(directory, ['interactions', 'orders.csv', ...options]);
  expect(code).toBe(0);
  expect(countsOf(stdout)).toEqual({ lines: 7, accepted: 2, duplicates: 0, rejected: 5 });
  const rejected = rejectedIn(directory, 'orders.csv');
  expect(rejected.map(({ line, message }) => [line, message])).toEqual([
    [4, 'occurredAt: expected dd/mm/yyyy'],
    [5, 'properties.amount: expected a plain number such as 12 or -0.5'],
    [6, 'properties.amount: expected a plain number such as 12 or -0.5'],
    [
      7,
      'identifiers: expected at least one that says whose the interaction is, received 1 that name nobody (what systems write in place of a value)',
    ],
    [8, 'expected 9 cells, received 4'],
  ]);
  expect(rejected[0]?.record).toMatchObject({ Customer: '3', When: '31/02/2026' });

  const mended = rejected.slice(0, 1).map((line) => ({ ...line, record: { ...(line.record as object), When: '28/02/2026' } }));
  writeNdjson(join(directory, 'mended.csv.rejected.ndjson'), mended);
  const again = await run(directory, ['interactions', 'mended.csv.rejected.ndjson', ...options]);
  expect(countsOf(again.stdout)).toEqual({ lines: 1, accepted: 1, duplicates: 0, rejected: 0 });

  const gateway = await testGateway({ directory });
  const journeys = await Promise.all(['1', '2', '3'].map((crmId) => journeyOf(gateway, crmId)));
  expect(journeys.flat().map(({ occurredAt, properties }) => ({ occurredAt, properties }))).toEqual([
    { occurredAt: '2026-02-01T08:26:00.000Z', properties: { kind: 'order', code: '00123', amount: 12.5, note: '12" vinyl; black' } },
    { occurredAt: '2026-02-01T00:00:00.000Z', properties: { code: '00124', amount: 3 } },
    { occurredAt: '2026-02-28T00:00:00.000Z', properties: { kind: 'order', code: '1', amount: 1 } },
  ]);
  const { data } = await gateway.ask(
    '{ customerByIdentifier(identifier: { type: "email", value: "ada@x.io" }) { favouriteStore identifiers { type value } } }',
    { role: 'AGENT' },
  );
  expect(data.customerByIdentifier.favouriteStore).toBe('Leeds');
  expect(data.customerByIdentifier.identifiers).toContainEqual({ type: 'crmId', value: '1' });
});

it('takes what is right of an NDJSON file, and says of each other line what is wrong, and no value of it', async () => {
  const directory = newProject();
  const right = { type: 'visit', occurredAt: '2026-01-05', identifiers: { crmId: 7, visitorId: ['a', 'b'] } };
  const records = [
    right,
    '{"type":"visit",',
    '',
    { ...right, touchpoint: 'callCentre', identifiers: [{ type: 'crmId', value: '7' }] },
    { ...right, occurredAt: '2999-01-01T00:00:00Z' },
    { ...right, occurredAt: 'yesterday' },
    { ...right, identifiers: { shoe: '44' } },
    { ...right, identifiers: { email: 'secret-address' } },
    { ...right, kind: 1 },
    '"text"',
    JSON.stringify({ ...right, properties: { long: 'x'.repeat(1024 * 1024) } }),
    { ...right, id: 'mine' },
    { ...right, id: 'mine' },
    { ...right, pageUrl: 'https://x.example/\u00e9' },
  ];
  const file = join(directory, 'visits.ndjson');
  writeNdjson(file, records);
  // One line in another encoding, and a last line without an end.
  appendFileSync(file, Buffer.from('{"type":"caf\u00e9","identifiers":{"crmId":"7"}}\n', 'latin1'));
  appendFileSync(file, JSON.stringify(right));
  const { code, stdout } = await run(directory, ['interactions', 'visits.ndjson']);
  expect(code).toBe(0);
  expect(countsOf(stdout)).toEqual({ lines: 15, accepted: 5, duplicates: 1, rejected: 9 });
  const rejected = rejectedIn(directory, 'visits.ndjson');
  expect(rejected.map(({ line }) => line)).toEqual([2, 5, 6, 7, 8, 9, 10, 11, 15]);
  expect(rejected[0]).toEqual({
    line: 2,
    code: 'BAD_USER_INPUT',
    message: 'expected a JSON object, received something that is no JSON',
    record: '{"type":"visit",',
  });
  expect(rejected[4]).toMatchObject({ record: records[7] });
  for (const { message } of rejected) expect(message).not.toMatch(/secret|44/);
  expect(statSync(`${file}.rejected.ndjson`).mode & 0o777).toBe(0o600);
});

it('links identifiers in the order of the file, and lists the events that contradict themselves', async () => {
  const directory = newProject();
  writeNdjson(join(directory, 'events.ndjson'), [
    { identifiers: { crmId: '1', visitorId: 'c1' }, occurredAt: '2026-01-05T10:00:00Z', source: 'shop' },
    { identifiers: { crmId: ['1', '2'] }, occurredAt: '2026-01-05T11:00:00Z' },
    { identifiers: { crmId: '2', visitorId: 'c1' }, occurredAt: '2026-01-06T10:00:00Z' },
    { identifiers: { email: 'guest' } },
    { identifiers: { crmId: '3', shoe: '44' } },
    { identifier: { crmId: '3' } },
    { identifiers: { crmId: '3' }, occurredAt: '2999-01-01' },
    { identifiers: { crmId: '1' } },
  ]);
  const first = await run(directory, ['identifiers', 'events.ndjson']);
  expect(first.code).toBe(0);
  expect(countsOf(first.stdout)).toEqual({ lines: 8, accepted: 2, duplicates: 1, rejected: 5 });
  expect(rejectedIn(directory, 'events.ndjson').map(({ line, code }) => [line, code])).toEqual([
    [2, 'CONFLICTING_IDENTIFIERS'],
    ...[4, 5, 6, 7].map((line) => [line, 'BAD_USER_INPUT']),
  ]);
  writeFileSync(join(directory, 'events.csv'), 'Customer,email,Day\n2,Ben@x.io,07.01.2026\n');
  const csv = ['identifiers', 'events.csv', '--map', 'Customer=crmId', '--map', 'Day=occurredAt', '--date-format', 'dd.mm.yyyy'];
  expect(countsOf((await run(directory, csv)).stdout)).toEqual({ lines: 1, accepted: 1, duplicates: 0, rejected: 0 });
  const { ask } = await testGateway({ directory });
  const { data } = await ask(
    `{ customersByIdentifiers(identifiers: [{ type: "crmId", value: "1" }, { type: "crmId", value: "2" }]) {
      identifiers { type value source } } }`,
    { role: 'AGENT' },
  );
  expect(data.customersByIdentifiers.map((customer: { identifiers: unknown[] }) => customer.identifiers)).toEqual([
    [{ type: 'crmId', value: '1', source: 'shop' }],
    expect.arrayContaining([
      { type: 'crmId', value: '2', source: 'import' },
      { type: 'visitorId', value: 'c1', source: 'import' },
      { type: 'email', value: 'ben@x.io', source: 'import' },
    ]),
  ]);
});

it('imports while a gateway serves the same store: what comes in at both doors is stored', async () => {
  const directory = newProject();
  const { ask } = await testGateway({ directory });
  const total = 10_000;
  writeNdjson(
    join(directory, 'visits.ndjson'),
    Array.from({ length: total }, (_, index) => ({ type: 'visit', identifiers: { crmId: String(1 + (index % 4_000)) } })),
  );
  let isImporting = true;
  const imported = run(directory, ['interactions', 'visits.ndjson']).finally(() => {
    isImporting = false;
  });
  let sent = 0;
  while (isImporting) {
    const { data, errors } = await ask(
      `mutation ($id: String!, $crmId: String!) { captureInteractions(input: { interactions: [
        { id: $id, type: "call", identifiers: [{ type: "crmId", value: $crmId }] }] }) { accepted } }`,
      { variables: { id: `call ${sent}`, crmId: String(1 + (sent % 4_000)) }, role: 'SERVICE' },
    );
    expect(errors).toEqual([]);
    expect(data.captureInteractions.accepted).toBe(1);
    sent++;
  }
  expect((await imported).code).toBe(0);
  expect(sent).toBeGreaterThan(0);
  expect(await query(directory, 'select type, count(*) as n from interaction group by type order by type')).toEqual([
    { type: 'call', n: sent },
    { type: 'visit', n: total },
  ]);
});

it('needs no more memory for a longer file', async () => {
  const peak = async (lines: number) => {
    const directory = newProject();
    await writeLongFile(join(directory, 'visits.ndjson'), lines);
    // Little room for what is no longer needed: so what is seen is what is kept.
    const variables = { NODE_OPTIONS: '--max-old-space-size=80 --max-semi-space-size=2' };
    const command = new Command('test/support/peak-memory-command.ts', ['import', 'interactions', 'visits.ndjson'], {
      directory,
      variables,
    });
    const { code, stdout, stderr } = await command.ended();
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(countsOf(stdout).accepted).toBe(lines);
    const [, kept, resident] = /kept: (\d+) bytes[\s\S]*peak memory: (\d+) KiB/.exec(stderr) ?? [];
    return { kept: Number(kept) / 1024 ** 2, resident: Number(resident) / 1024 };
  };
  const [short, long] = [await peak(10_000), await peak(100_000)];
  expect(long.kept - short.kept).toBeLessThan(8);
  // The writer's thread has a heap of its own, and a page cache of at most 64 MiB (open-database.ts) that a longer file fills.
  expect(long.resident - short.resident).toBeLessThan(60 + 64);
});

async function writeLongFile(file: string, lines: number): Promise<void> {
  const output = createWriteStream(file);
  const padding = 'x'.repeat(100);
  for (let index = 0; index < lines; index++) {
    const record = { type: 'visit', properties: { padding, index }, identifiers: { crmId: String(1 + Math.floor(index / 500)) } };
    if (!output.write(`${JSON.stringify(record)}\n`)) await once(output, 'drain');
  }
  await finished(output.end());
}

it('says what a file should have been, before it opens a store', async () => {
  const directory = temporaryDirectory();
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const config = join(directory, 'gateway.config.ts');
  const attempt = (file: string, options: object = {}) => importRecords('interactions', file, { config, ...options });
  await expect(attempt(join(directory, 'no.ndjson'))).rejects.toThrow('there is none at');
  await expect(attempt(directory)).rejects.toThrow('is a folder');
  await expect(attempt(write('a.ndjson.gz', gzipSync('{}')))).rejects.toThrow('unpack it first: gunzip -k');
  await expect(attempt(write('a.csv', Buffer.from('\ufeffcrmId\n1\n', 'utf16le')))).rejects.toThrow('iconv -f utf-16');
  await expect(attempt(write('a.json', '[{"type":"visit"}]'))).rejects.toThrow('begins like a JSON array');
  const lines = write('a.ndjson', '{"type":"visit"}\n');
  await expect(attempt(lines, { map: ['a=b'], number: ['c'] })).rejects.toThrow('expected --map, --number with a CSV only');
  await expect(attempt(write('b.csv', 'a\n'), { map: ['a'] })).rejects.toThrow('--map: expected COLUMN=FIELD, received "a"');
  await expect(attempt(join(directory, 'b.csv'), { dateFormat: 'd/m/y' })).rejects.toThrow('such as dd/mm/yyyy; received d/m/y');
  await expect(attempt(lines)).rejects.toThrow('gateway.config.ts: expected a file here, found none');
});

it('lists everything that does not fit in what is said about columns, and imports nothing', async () => {
  const directory = newProject();
  writeFileSync(join(directory, 'a.csv'), 'crmId,type,A,A,occurredAt\n1,visit,x,y,2026-01-01\n');
  const options = ['--map', 'B=email', '--map', 'A=nonsense', '--set', 'type=visit', '--number', 'properties.a'];
  const { code, stderr } = await run(directory, ['interactions', 'a.csv', ...options]);
  expect(code).toBe(1);
  for (const problem of [
    '--map B=email: expected one of the columns crmId, type, A, A, occurredAt',
    'nonsense: expected a field out of crmId, email, visitorId, id, type',
    'type: expected one column or value, there are several',
    '--number properties.a: expected a field of this file',
    'expected each column once, received several of A',
  ]) {
    expect(stderr).toContain(problem);
  }
  expect(await query(directory, 'select count(*) as n from interaction')).toEqual([{ n: 0 }]);
  expect(existsSync(join(directory, 'a.csv.import.json'))).toBe(false);
});

it('takes a CSV whose lines have delimiters at their ends, and names such columns in messages', async () => {
  const directory = newProject();
  writeFileSync(join(directory, 'a.csv'), 'crmId,type,,\n1,visit,,\n');
  expect((await run(directory, ['interactions', 'a.csv'])).stderr).toContain('no field is (a column without a name)');
  const { stdout } = await run(directory, ['interactions', 'a.csv', '--ignore-other-columns']);
  expect(countsOf(stdout)).toMatchObject({ lines: 1, accepted: 1 });
});

it('rejects each row of a CSV that is broken, and that row only; a run after a kill continues at the right row', async () => {
  const directory = newProject();
  const rows = Array.from({ length: 6_000 }, (_, index) => {
    const row = `${1 + (index % 50)},visit,${index}`;
    if (index % 100 === 7) return `${row},one too many`;
    if (index % 100 === 8) return `1,visit,"never closed`;
    return index % 3 === 0 ? row.replace(/[^,]+/g, '"$&"') : row;
  });
  const ends = ['\n', '\r\n', '\r'];
  const text = `crmId,type,properties.n\r\n${rows.map((row, index) => row + ends[index % 3]).join('')}`;
  writeFileSync(join(directory, 'visits.csv'), text);
  const killed = await importUntil(directory, 'visits.csv', 1_000, 'SIGKILL');
  expect(killed.done).toBeGreaterThanOrEqual(1_000);
  const { code, stdout } = await run(directory, ['interactions', 'visits.csv', '--state', '.']);
  expect(code).toBe(0);
  expect(countsOf(stdout)).toMatchObject({ lines: 6_000, rejected: 120 });
  const rejected = rejectedIn(directory, 'visits.csv');
  const broken = rows.flatMap((row, index) => (index % 100 === 7 || index % 100 === 8 ? [{ line: index + 2, row }] : []));
  expect(rejected.map(({ line }) => line)).toEqual(broken.map(({ line }) => line));
  expect(rejected.slice(0, 2)).toMatchObject([
    { message: 'expected 3 cells, received 4' },
    { message: 'expected a quote that is closed, received a cell whose quote is not', record: '1,visit,"never closed' },
  ]);
  const numbers = (await propertiesIn<{ n: unknown }>(directory)).map(({ n }) => n);
  expect([numbers.length, new Set(numbers).size]).toEqual([5_880, 5_880]);
});

it('reads what a spreadsheet writes: its delimiter, its numbers, its yes and no, and says which cells are not what they should be', async () => {
  const directory = newProject();
  const header = 'sep=;\r\ncrmId;type;occurredAt;properties.price;properties.gift\r\n';
  const csv = ['1;buy;2026-01-05T10:00:00+0200;12,50;yes', '2;buy;2026-01-05 10:00:00+02;3.5;N', '3;buy;2026-01-05T10:00Z;1,234;0'];
  const bad = ['4;buy;2026-01-05;1;maybe', 'guest;buy;2026-01-05;1;1', '5;buy;1969-12-31;1;1'];
  writeFileSync(join(directory, 'buys.csv'), header + [...csv, ...bad].map((row) => `${row}\r\n`).join(''));
  const args = ['interactions', 'buys.csv', '--number', 'properties.price', '--boolean', 'properties.gift'];
  const { code, stdout } = await run(directory, args);
  expect(code).toBe(0);
  expect(countsOf(stdout)).toEqual({ lines: 6, accepted: 2, duplicates: 0, rejected: 4 });
  const rejected = rejectedIn(directory, 'buys.csv');
  expect(rejected.map(({ line, message }) => [line, message])).toEqual([
    [5, expect.stringContaining('properties.price: expected a number whose mark is known')],
    [6, 'properties.gift: expected true or false, yes or no, y or n, t or f, on or off, 1 or 0'],
    [7, expect.stringContaining('received 1 that name nobody')],
    [8, expect.stringContaining('occurredAt: expected a time since 1970-01-01T00:00:00Z')],
  ]);
  const gateway = await testGateway({ directory });
  const journeys = await Promise.all(['1', '2'].map((crmId) => journeyOf(gateway, crmId)));
  expect(journeys.flat().map(({ occurredAt, properties }) => ({ occurredAt, properties }))).toEqual([
    { occurredAt: '2026-01-05T08:00:00.000Z', properties: { price: 12.5, gift: true } },
    { occurredAt: '2026-01-05T08:00:00.000Z', properties: { price: 3.5, gift: false } },
  ]);
  const said = await run(directory, [...args, '--decimal-comma']);
  expect(countsOf(said.stdout)).toEqual({ lines: 6, accepted: 1, duplicates: 1, rejected: 4 });
  // Its neighbour has a point.
  expect(rejectedIn(directory, 'buys.csv').map(({ line }) => line)).toEqual([4, 6, 7, 8]);
});

it('takes only texts and exact whole numbers as values of identifiers, and says what each other one was', async () => {
  const directory = newProject();
  const values: [unknown, string][] = [
    [{ id: 1 }, 'an object'],
    [[['7']], 'a list'],
    [true, 'a boolean'],
    [0.5, 'a number with decimals'],
    [1e21, 'a larger number, which is not kept exactly'],
  ];
  const lists = values.map(([value]) => ({
    identifiers: [
      { type: 'crmId', value },
      { type: 'email', value: 'a@x.io' },
    ],
  }));
  const objects = values.map(([value]) => ({ identifiers: { crmId: [value], email: 'a@x.io' } }));
  const right = { identifiers: { crmId: 9007199254740991, email: null } };
  const events = [...lists, ...objects, { identifiers: 'crmId 1' }, right];
  for (const kind of ['identifiers', 'interactions']) {
    writeNdjson(
      join(directory, `${kind}.ndjson`),
      events.map((event) => (kind === 'interactions' ? { type: 'visit', ...event } : event)),
    );
    const { code, stdout } = await run(directory, [kind, `${kind}.ndjson`]);
    expect(code).toBe(0);
    expect(countsOf(stdout)).toMatchObject({ lines: events.length, rejected: events.length - 1 });
    const said = [...values, ...values].map(([, received]) => {
      return `identifiers: "crmId": expected a text or a whole number below 2^53, received ${received}`;
    });
    expect(rejectedIn(directory, `${kind}.ndjson`).map(({ message }) => message)).toEqual([
      ...said,
      'identifiers: expected a list of {"type", "value"}, or values by type',
    ]);
  }
  expect(await query(directory, 'select distinct type, value from identifier')).toEqual([{ type: 'crmId', value: '9007199254740991' }]);
});

it('says what a line without identifiers lacks', async () => {
  const file = join(temporaryDirectory(), 'events.ndjson');
  writeNdjson(file, [{ occurredAt: '2026-01-05' }]);
  const [event] = await Array.fromAsync(readIdentifyEvents(file, ['crmId']));
  expect(event?.problem).toBe('identifiers: expected a list of {"type", "value"}, or values by type');
});

it('shows a bar with rate and time left where somebody watches', () => {
  let written = '';
  let now = 0;
  const output = {
    isTTY: true,
    write: (shown: string) => {
      written = shown;
    },
  };
  const progress = new Progress(output, 4_000, 0, () => now);
  now = 10_000;
  progress.show(50, 1_000);
  expect(written).toBe(`\r${'█'.repeat(8)}${'░'.repeat(22)} 25%  50 lines  5/s  30 s left\x1b[K`);
  // Too soon for another look.
  now += 50;
  progress.show(60, 1_200);
  expect(written).toContain('50 lines');

  // After half of it was done in an earlier run, that half says nothing of the speed.
  now = 0;
  const later = new Progress(output, 4_000, 100, () => now);
  now = 10_000;
  later.show(150, 3_000);
  expect(written).toContain('75%  150 lines  5/s  10 s left');
});

it('rejects responses to offers, which only the token of an offer can give', async () => {
  const directory = newProject();
  const line = (type: string) => JSON.stringify({ type, identifiers: [{ type: 'crmId', value: '1' }] });
  writeFileSync(join(directory, 'visits.ndjson'), `${[line('offer_accepted'), line('page_view')].join('\n')}\n`);
  writeFileSync(join(directory, 'visits.csv'), 'type,crmId\noffer_clicked,1\n');
  for (const file of ['visits.ndjson', 'visits.csv']) {
    await run(directory, ['interactions', file]);
    expect(rejectedIn(directory, file)).toMatchObject([
      { line: file.endsWith('csv') ? 2 : 1, code: 'BAD_USER_INPUT', message: expect.stringContaining('respondToOffer') },
    ]);
  }
  expect(await query(directory, 'select type from interaction')).toEqual([{ type: 'page_view' }]);
});
