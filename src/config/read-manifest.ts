import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { documentIdOf, withoutPrefix } from '../model/document-id.ts';
import { explainIssue, shownInput } from '../model/explain-issue.ts';
import type { Problem } from './problem.ts';

/** A document of a manifest, whose id is the hash of its text. */
export interface ManifestDocument {
  /** The manifest and the id, for messages. */
  readonly where: string;
  /** The SHA-256 of the text in UTF-8, as 64 hexadecimal digits in lower case. */
  readonly id: string;
  readonly text: string;
}

/** The `format` of Apollo's persisted query manifest. */
const APOLLO_FORMAT = 'apollo-persisted-query-manifest';

/** Characters of an id that messages show: the longest right one has 71. */
const MAX_SHOWN = 80;

/** Other members, such as `name`, `type` and `clientName`, say nothing that the text does not say. */
const apolloManifest = z.looseObject({
  format: z.literal(APOLLO_FORMAT),
  version: z.literal(1),
  operations: z.array(z.looseObject({ id: z.string(), body: z.string() })),
});
/** What Relay and the client preset of GraphQL Codegen write. */
const simpleMap = z.record(z.string(), z.string());

/** Hashes of another kind that tools write by default, by their number of digits, and what to change. */
const OTHER_HASHES: Readonly<Record<number, string>> = {
  32: "as MD5 has; in Relay's configuration, set persistConfig: { algorithm: 'SHA256' }",
  40: "as SHA-1 has; in the client preset of GraphQL Codegen, set persistedDocuments: { hashAlgorithm: 'sha256' }",
};

/**
 * Reads a manifest in either format: Apollo's, or an object of texts by their hashes.
 * @param shown the path in the form in which messages show it.
 * @returns the documents whose id is right; every other mistake is reported.
 */
export function readManifest(path: string, shown: string, report: (problem: Problem) => void): ManifestDocument[] {
  const documents = new Map<string, ManifestDocument>();
  for (const [id, text] of entriesOf(path, shown, report)) {
    const where = `${shown}: ${id.slice(0, MAX_SHOWN)}`;
    const expected = documentIdOf(text);
    const hash = withoutPrefix(id);
    if (hash === expected) documents.set(hash, { where, id: hash, text });
    else report({ where, message: `expected the id to be the SHA-256 of its text, ${expected}; received ${otherId(hash)}` });
  }
  return [...documents.values()];
}

/** What an id is that is not the text's hash. @param id without the prefix `sha256:`. */
function otherId(id: string): string {
  // Tools write the names of other hashes in front of them: `sha1:…`.
  const digits = id.replace(/^\w+:/, '');
  if (!/^[0-9a-f]+$/i.test(digits)) return 'something that is no hash; let the tool that writes the manifest use SHA-256 for ids';
  const { length } = digits;
  if (length !== 64) return `${length} hexadecimal digits${length in OTHER_HASHES ? `, ${OTHER_HASHES[length]}` : ''}`;
  if (digits !== digits.toLowerCase()) return 'digits in upper case; write them in lower case';
  return 'another hash; the text was changed after the manifest was made, so make it again';
}

/** Ids and texts. None where the file is no manifest, which is reported. */
function entriesOf(path: string, shown: string, report: (problem: Problem) => void): (readonly [id: string, text: string])[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) {
    const kind = found === undefined ? 'no file' : 'a folder';
    report({ where: shown, message: `expected a manifest of trusted documents, found ${kind}; name another with documents: { file }` });
    return [];
  }
  const content = parsed(readFileSync(path, 'utf8'));
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const received = content === undefined ? 'something that is no JSON' : shownInput(content);
    report({
      where: shown,
      message: `expected a manifest: a JSON object of texts by their hashes, or ${APOLLO_FORMAT}; received ${received}`,
    });
    return [];
  }
  // A document's id is never `format`, which is no hash.
  if (!('format' in content)) return checked(simpleMap, content, shown, report, (map) => Object.entries(map));
  return checked(apolloManifest, content, shown, report, ({ operations }) => operations.map(({ id, body }) => [id, body] as const));
}

function checked<T>(
  schema: z.ZodType<T>,
  content: object,
  shown: string,
  report: (problem: Problem) => void,
  read: (manifest: T) => (readonly [string, string])[],
): (readonly [string, string])[] {
  const { success, data, error } = schema.safeParse(content, { reportInput: true });
  if (success) return read(data);
  for (const { path, message } of error.issues.flatMap((issue) => explainIssue(issue, { schema, noun: 'field', shows: 'input' })))
    report({ where: `${shown}: ${path.join('.')}`, message });
  return [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
