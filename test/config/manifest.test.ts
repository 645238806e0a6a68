import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/config/problem.ts';
import { readManifest } from '../../src/config/read-manifest.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';

const hash = (text: string, algorithm = 'sha256') => createHash(algorithm).update(text).digest('hex');
const TEXT = '{ customer { id } }';

/** What is read of a manifest with this content. */
function read(content: unknown) {
  const path = join(temporaryDirectory(), 'documents.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  const problems: Problem[] = [];
  const documents = readManifest(path, 'documents.json', (problem) => problems.push(problem));
  return {
    documents: documents.map(({ id, text }) => [id, text]),
    problems: problems.map(({ where, message }) => `${where}: ${message}`),
  };
}

const apollo = (operations: readonly object[]) => ({ format: 'apollo-persisted-query-manifest', version: 1, operations });

describe('a manifest', () => {
  it('of any texts is read in both formats, with and without the prefix of ids', () => {
    // Whole characters only: JSON in UTF-8 can't hold half of one.
    const texts = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.constantFrom('', 'sha256:'), (given, prefix) => {
        const expected = { documents: given.map((text) => [hash(text), text]), problems: [] };
        expect(read(Object.fromEntries(given.map((text) => [prefix + hash(text), text])))).toEqual({
          ...expected,
          documents: expect.arrayContaining(expected.documents),
        });
        const operations = given.map((body) => ({ id: prefix + hash(body), body, name: 'A', type: 'query', clientName: 'shop' }));
        expect(read(apollo(operations))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('of Apollo may name a document twice, for two clients', () => {
    const operation = { id: hash(TEXT), body: TEXT, name: 'A', type: 'query' };
    const { documents } = read(apollo([operation, { ...operation, clientName: 'ios' }]));
    expect(documents).toEqual([[hash(TEXT), TEXT]]);
  });

  it('with a mark of UTF-8 in front is read', () => {
    expect(read(`\ufeff${JSON.stringify({ [hash(TEXT)]: TEXT })}`).documents).toEqual([[hash(TEXT), TEXT]]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /^documents\.json: expected a manifest: .* received something that is no JSON$/],
    ['a list', [], /^documents\.json: expected a manifest: .* received an empty list$/],
    ['another format', { format: 'mine', version: 1, operations: [] }, /^documents\.json: format: expected .*received "mine"$/],
    ['another version', { ...apollo([]), version: 2 }, /^documents\.json: version: expected .*received 2$/],
    ['no operations', { format: 'apollo-persisted-query-manifest', version: 1 }, /^documents\.json: operations: expected a list/],
    ['an operation without a text', apollo([{ id: 'x' }]), /^documents\.json: operations\.0\.body: expected string/],
    ['a text that is none', { [hash(TEXT)]: 5 }, /^documents\.json: [0-9a-f]{64}: expected string, received 5$/],
    [
      'a changed text',
      { [hash(TEXT)]: `${TEXT}\n` },
      /^documents\.json: [0-9a-f]{64}: expected the id to be the SHA-256 .* made, so make it again$/,
    ],
    [
      'MD5, as Relay has by default',
      { [hash(TEXT, 'md5')]: TEXT },
      /received 32 hexadecimal digits, as MD5 has; in Relay's configuration, set/,
    ],
    [
      'SHA-1, as GraphQL Codegen had',
      { [`sha1:${hash(TEXT, 'sha1')}`]: TEXT },
      /received 40 hexadecimal digits, as SHA-1 has; in the client preset/,
    ],
    ['digits in upper case', { [hash(TEXT).toUpperCase()]: TEXT }, /received digits in upper case/],
    ['a name for an id', { GetCustomer: TEXT }, /^documents\.json: GetCustomer: .* received something that is no hash/],
  ])('with %s is a problem that says what to do', (_, content, expected) => {
    const { documents, problems } = read(content);
    expect([documents, problems]).toEqual([[], [expect.stringMatching(expected)]]);
  });

  it('that is not there, or is a folder, is a problem', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'folder'));
    const messages: string[] = [];
    for (const name of ['nowhere.json', 'folder']) readManifest(join(directory, name), name, ({ message }) => messages.push(message));
    expect(messages).toEqual([expect.stringContaining('found no file'), expect.stringContaining('found a folder')]);
  });
});

describe('trusted documents', () => {
  const start = (texts: readonly string[], config: object = {}) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'documents.json'), JSON.stringify(Object.fromEntries(texts.map((text) => [hash(text), text]))));
    return testGateway({ directory, config: { ...config, documents: { file: 'documents.json' } } });
  };

  it('stop the start unless each parses, is valid and is within the limits; all problems are reported at once', async () => {
    const texts = ['{', '{\n  customer { nmae }\n}', 'query A { customer { id } } query B { customer { a: id b: id c: id } }'];
    const deep = `{ customersByIdentifiers(identifiers: ${'['.repeat(1_900)}${']'.repeat(1_900)}) { id } }`;
    const message = await start([...texts, deep], { limits: { aliases: 2 } }).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(message).toMatch(/^\d problems; nothing was started\n/);
    for (const [index, expected] of [
      /Syntax Error: .* \(line 1, column 2 of its text\)$/m,
      /Cannot query field "nmae" on type "Customer"\. Did you mean "name"\? \(line 2, column 14 of its text\)$/m,
      /the operation has more aliases than allowed: expected at most 2 \(limits\.aliases\), received at least 3; ask for less in one operation$/m,
    ].entries()) {
      expect(message).toMatch(new RegExp(`documents\\.json: ${hash(texts[index] as string)}: ${expected.source}`, 'm'));
    }
    expect(message).toContain(`documents.json: ${hash(deep)}: `);
  });

  it('may ask for the schema, also in production', async () => {
    const text = '{ __schema { queryType { name } } }';
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'documents.json'), JSON.stringify({ [hash(text)]: text }));
    const { gateway } = await testGateway({
      directory,
      variables: { NODE_ENV: 'production' },
      config: { documents: { file: 'documents.json', only: true } },
    });
    const answer = await gateway.app.inject({ method: 'POST', url: '/graphql', payload: { documentId: hash(text) } });
    expect(answer.json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });
});

/** A project whose manifest is in a folder of its own. */
function project() {
  const directory = temporaryDirectory();
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  mkdirSync(join(directory, 'clients'));
  write(
    'gateway.config.ts',
    "export default { identifiers: { crmId: { class: 'person', unique: true } }, store: 'sqlite:store/gateway.db', documents: { file: 'clients/web.json' } };\n",
  );
  write('schema.graphql', 'type Customer { size: String @from(source: "captured") }\n');
  write('clients/web.json', JSON.stringify({ [hash(TEXT)]: TEXT }));
  return { directory, write };
}

it('check reads the manifest from the configuration’s folder, and reports its problems', async () => {
  const { directory, write } = project();
  const config = join(directory, 'gateway.config.ts');
  const right = await new Command(CLI, ['check', '--config', config]).ended();
  expect([right.code, right.stdout]).toEqual([0, expect.stringContaining('trusted documents: 1, all valid')]);
  write('clients/web.json', JSON.stringify({ [hash(TEXT)]: '{ customer { name } }' }));
  const { code, stderr } = await new Command(CLI, ['check', '--config', config]).ended();
  expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`clients/web\\.json: ${hash(TEXT)}: expected the id to be`))]);
});

it('dev starts again when the manifest changes', async () => {
  const { directory, write } = project();
  const command = new Command(CLI, ['dev', '--port', '0', '--host', '127.0.0.1'], { directory });
  await command.says(/Metrics/);
  write('clients/web.json', '{}');
  await command.says(/starting again[\s\S]*Metrics/);
  expect((await command.stop()).code).toBe(0);
});
