import type { GraphQLError } from 'graphql';
import { documentIdOf } from '../../model/document-id.ts';
import { hasRole, type Viewer } from '../../model/viewer.ts';
import { AutomaticDocuments } from './automatic-documents.ts';
import { type CheckedRequest, refusal } from './check-request.ts';
import { OWN_DOCUMENTS } from './own-documents.ts';

/** Which documents run, and how clients name them. */
export interface DocumentPolicy {
  /** The owner's trusted documents, each with its right id; null without a manifest. */
  readonly manifest: Iterable<TrustedDocument> | null;
  /** Texts of programs that belong to the gateway and ask for what this project has: the agent desktop's. Always trusted. */
  readonly own?: readonly string[];
  /** Whether texts are accepted from SERVICE and ADMIN alone. */
  readonly only: boolean;
  /** Whether a client may register a text under its hash. */
  readonly automatic: boolean;
}

/** A document that was known before the start. It is never removed from memory. */
export interface TrustedDocument {
  /** As `documentIdOf` makes it. */
  readonly id: string;
  readonly text: string;
}

/** Every text runs, and none has an id. */
export const ANY_DOCUMENT: DocumentPolicy = { manifest: null, only: false, automatic: false };

/** Decides which document a request runs, for every transport. */
export class Documents {
  readonly #trusted = new Map<string, TrustedDocument>();
  readonly #ownByText: ReadonlyMap<string, TrustedDocument>;
  readonly #only: boolean;
  readonly #automatic: AutomaticDocuments | null;
  /** Whether clients may send ids of documents that are not the engine's. */
  readonly #hasIds: boolean;

  constructor({ manifest, own: ofProject = [], only, automatic }: DocumentPolicy) {
    const own = [...OWN_DOCUMENTS, ...ofProject].map((text) => ({ id: documentIdOf(text), text }));
    for (const document of [...own, ...(manifest ?? [])]) this.#trusted.set(document.id, document);
    this.#ownByText = new Map(own.map((document) => [document.text, document]));
    this.#only = only;
    this.#automatic = automatic ? new AutomaticDocuments() : null;
    this.#hasIds = manifest !== null || automatic;
  }

  /**
   * The document that runs. The document of a trusted id runs whatever text is beside it, which is not read.
   * @returns a trusted document, the text of another, or the error that refuses the request.
   */
  select({ id, idFrom, query }: CheckedRequest, viewer: Viewer): TrustedDocument | string | GraphQLError {
    if (id !== null) {
      const trusted = this.#trusted.get(id);
      if (trusted !== undefined) return trusted;
      if (!this.#hasIds && (query === null || idFrom === 'persistedQuery')) return unsupported(idFrom);
    }
    const maySendTexts = !this.#only || hasRole(viewer, ['SERVICE', 'ADMIN']);
    if (query === null) return (maySendTexts ? this.#automatic?.find(id as string) : undefined) ?? unknown(idFrom, maySendTexts);
    const document = maySendTexts ? query : this.#ownByText.get(query);
    if (document === undefined) return refusal('PERSISTED_DOCUMENT_REQUIRED', REQUIRED);
    return id === null || !this.#hasIds || this.#isOf(id, query) ? document : refusal('BAD_USER_INPUT', ANOTHER_TEXT);
  }

  /** Keeps a text that its client registered, after it turned out to be a document that may run. */
  register({ id, query }: CheckedRequest): void {
    if (id !== null && query !== null) this.#automatic?.keep(id, query);
  }

  #isOf(id: string, text: string): boolean {
    return this.#automatic?.has(id, text) || documentIdOf(text) === id;
  }
}

const REQUIRED =
  'expected the id of a trusted document (documentId, or extensions.persistedQuery), received a text, which only SERVICE and ADMIN may send';
/** Begins with Apollo Server's message. */
const ANOTHER_TEXT = 'provided sha does not match query: expected the SHA-256 of its exact text, in 64 hexadecimal digits';

/** By the code and by the message, Apollo's clients know that they have to send the text as well. */
function unknown(idFrom: CheckedRequest['idFrom'], maySendTexts: boolean): GraphQLError {
  const advice = maySendTexts ? 'send the text, or add it to the manifest' : 'add its text to the manifest';
  const help = `expected documentId to be the id of a document that is known here, received another; ${advice}`;
  return refusal('PERSISTED_QUERY_NOT_FOUND', idFrom === 'persistedQuery' ? 'PersistedQueryNotFound' : help);
}

/** By this code and this message, Apollo's clients know that they have to send texts only, from now on. */
function unsupported(idFrom: CheckedRequest['idFrom']): GraphQLError {
  const help = 'expected the text of a document in query, received a documentId: this gateway has no ids of documents (option `documents`)';
  return refusal('PERSISTED_QUERY_NOT_SUPPORTED', idFrom === 'persistedQuery' ? 'PersistedQueryNotSupported' : help);
}
