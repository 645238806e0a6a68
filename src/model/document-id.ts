import { createHash } from 'node:crypto';

/** The prefix of an id that is a hash (GraphQL over HTTP, appendix "Persisted Documents"). The hash alone is accepted as well. */
const PREFIX = 'sha256:';

/** The id of a GraphQL document: the SHA-256 of its exact text in UTF-8, as 64 hexadecimal digits in lower case, without prefix. */
export function documentIdOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An id without its prefix `sha256:`. An id of another form stays as it is: no document has it. */
export function withoutPrefix(id: string): string {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id;
}
