import { createHash } from 'node:crypto';
import type { Viewer } from '../../model/viewer.ts';
import type { Operations, ReadyOperation } from './operations.ts';

/**
 * What a subscription keeps of its operation while it waits for an event: texts. Parsed and compiled, a document takes up to a
 * hundred times its text, and parsed variables up to twenty times theirs, so many idle subscriptions would fill the memory.
 */
export class IdleOperation {
  readonly kind = 'idle';
  /** Of the operation and its variables: equal ones have equal keys. */
  readonly key: string;
  readonly #operations: Operations;
  readonly #text: string;
  readonly #operationName: string | null;
  /** As JSON, which has all of them: a ready operation has no number that JSON can't write. */
  readonly #variables: string;
  readonly #viewer: Viewer;

  constructor({ operations, text, operation, given }: ReadyOperation, viewer: Viewer) {
    this.#operations = operations;
    this.#text = text;
    this.#operationName = operation.name?.value ?? null;
    this.#variables = JSON.stringify(given);
    this.#viewer = viewer;
    const whole = JSON.stringify([this.#text, this.#operationName, this.#variables]);
    this.key = createHash('sha256').update(whole).digest('base64');
  }

  /** @throws GraphQLError for an operation that may not run any more. */
  prepareAgain(): ReadyOperation {
    return this.#operations.prepareAgain(this.#text, this.#operationName, JSON.parse(this.#variables), this.#viewer);
  }
}
