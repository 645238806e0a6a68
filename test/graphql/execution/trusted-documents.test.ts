import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { Operations } from '../../../src/graphql/execution/operations.ts';
import { OWN_DOCUMENTS } from '../../../src/graphql/execution/own-documents.ts';
import { VIEWER_ROLES, type ViewerRole } from '../../../src/model/viewer.ts';

const schema = buildSchema(`
  type Query { a: Int b: Int }
  type Mutation { createHandoff(input: CreateHandoffInput!): Url resetVisitor: Url }
  type Url { url: String }
  input CreateHandoffInput { url: String }
`);
const limits = { depth: 5, aliases: 5, rootFields: 5, tokens: 100, directives: 5, cost: 1_000, references: 5 };
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const TRUSTED = ['{ a }', 'query A { a } query B { b }'];
const OTHERS = ['{ b }', '{ a b }', ' { a }', '{ c }', '{'];

const text = fc.constantFrom(...TRUSTED, ...OTHERS, ...OWN_DOCUMENTS, '');
const id = text.chain((named) => fc.constantFrom(hash(named), `sha256:${hash(named)}`, named, 'constructor', '__proto__'));
const anything = fc.record(
  {
    query: text,
    documentId: id,
    extensions: id.map((sha256Hash) => ({ persistedQuery: { version: 1, sha256Hash } })),
    operationName: fc.constantFrom('A', 'B'),
  },
  { requiredKeys: [] },
);
type Sent = typeof anything extends fc.Arbitrary<infer Request> ? Request : never;

/** As a right client sends it: a text with its hash, or its hash alone. */
const right = fc.tuple(text, fc.boolean()).map(([query, isSent]): Sent => ({ documentId: hash(query), ...(isSent && { query }) }));
const request = fc.oneof(right, anything);
const asked = fc.record({ role: fc.constantFrom(...VIEWER_ROLES), request });

function operations(documents: { only: boolean; automatic: boolean }) {
  const manifest = TRUSTED.map((trusted) => ({ id: hash(trusted), text: trusted }));
  const made = new Operations({
    schema,
    limits,
    introspection: true,
    hideSuggestions: false,
    hotAfter: 1,
    documents: { manifest, ...documents },
  });
  /** The text of the document that may run; null for a refusal. */
  return ({ role, request: sent }: { role: ViewerRole; request: object }) => {
    const prepared = made.prepare(sent, { roles: [role], authenticated: true, claims: {} });
    return prepared.kind === 'ready' ? (prepared.document.loc?.source.body ?? '') : null;
  };
}

it('with only: true, no history of requests lets another role than SERVICE and ADMIN run a document that is not trusted', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(asked, { maxLength: 30 }), (automatic, history) => {
      const run = operations({ only: true, automatic });
      for (const each of history) {
        const ran = run(each);
        if (ran !== null && each.role !== 'SERVICE' && each.role !== 'ADMIN') expect([...TRUSTED, ...OWN_DOCUMENTS]).toContain(ran);
      }
    }),
  );
});

it('in any history of requests an id names the document of which it is the hash, and no other', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), fc.array(asked, { maxLength: 30 }), (only, automatic, history) => {
      const run = operations({ only, automatic });
      for (const each of history) {
        const ran = run(each);
        const { documentId, extensions } = each.request;
        const named = [documentId, extensions?.persistedQuery.sha256Hash].flatMap((given) => given?.replace('sha256:', '') || []);
        if (ran !== null) expect([hash(ran), ...named].every((given) => given === hash(ran))).toBe(true);
      }
    }),
  );
});
