import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { CustomerRow, Facts } from './facts.ts';
import type { StoreWrite } from './writes.ts';

/** What separations need to know of the graph, and where they write. */
interface Graph {
  readonly facts: Pick<Facts, 'isAnySeparatedSince' | 'separationsSince'>;
  rootOf(id: CustomerId, base: CustomerId): CustomerId;
  customer(id: CustomerId): CustomerRow | undefined;
  write(write: StoreWrite): void;
}

/** Identifiers that people took from customers, in one plan: the store's facts with what the plan has added. */
export class DraftSeparations {
  readonly #graph: Graph;
  readonly #added: { readonly key: string; readonly customerId: CustomerId; readonly at: number }[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** That a person took an identifier from a customer. @param at milliseconds. */
  add(identifier: Identifier, customerId: CustomerId, at: number): void {
    const key = identifierKey(identifier);
    this.#added.push({ key, customerId, at });
    this.#graph.write({ kind: 'insert-separation', key, customerId, at });
  }

  /** Customers of today from whom a person took identifiers at this time or later, by key. @param at milliseconds. */
  since(keys: readonly string[], at: number): Map<string, CustomerId[]> {
    const { facts } = this.#graph;
    // Usually no separation is newer than the evidence; one probe rules it out.
    const known = facts.isAnySeparatedSince(at) ? facts.separationsSince(keys, at) : [];
    const added = this.#added.filter((each) => each.at >= at && keys.includes(each.key));
    const found = new Map<string, CustomerId[]>();
    for (const { key, id, root } of known) found.set(key, [...(found.get(key) ?? []), this.#graph.rootOf(id, root)]);
    for (const { key, customerId } of added)
      found.set(key, [...(found.get(key) ?? []), this.#graph.customer(customerId)?.root ?? customerId]);
    return found;
  }
}
