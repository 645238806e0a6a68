import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { InteractionToSave } from '../../model/interaction.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { InteractionDraft } from './interaction-draft.ts';
import type { KnownInteraction } from './interaction-facts.ts';

/** An interaction that may be stored already, and whose it would be. */
export interface PossibleRepetition {
  readonly interaction: Pick<InteractionToSave, 'id' | 'type' | 'occurredAt' | 'identifiers'>;
  /** The identifier by which the interaction is attributed; null where its customer was named by id. */
  readonly deciding: Identifier | null;
  /** Whose it would be, a customer of today; null where nobody has its identifier. */
  readonly customerId: CustomerId | null;
  /** Whether that customer stands for former owners who are no longer known one by one. */
  readonly isNameless: boolean;
  /** Who owns the identifiers now, in their order; null for one that nobody owns. */
  readonly owners: readonly (CustomerId | null)[];
}

/** Up to so many interactions of one id are read and compared. Programs that make ids at random give one id to one customer. */
const FEW_ROWS = 16;

/**
 * Recognises an interaction that is stored already. An id is unique per customer, over all the ids they had: of the same
 * customer, an interaction of the same id is the same interaction. After an identifier has moved on, an interaction that
 * is sent again looks like another customer's: under a present or former owner of one of its identifiers, it is the same
 * when time and type are the same too. What lies under an erased id is unreadable, and is no repetition.
 * @returns the customer who has the interaction; null for one that is new.
 */
export function holderOf(draft: InteractionDraft, possible: PossibleRepetition): CustomerId | null {
  const { id, type, occurredAt } = possible.interaction;
  const rows = draft.interactionsOf(id, FEW_ROWS + 1);
  if (rows?.length === 0) return null;
  const owners = new EveryOwner(draft.graph, possible);
  if (rows !== null && rows.length <= FEW_ROWS) return firstHolder(possible, owners, rows);
  // Programs that number their interactions give many customers the same ids.
  const own = possible.customerId === null ? [] : [possible.customerId];
  // Of a nameless customer, the owners are not known; the rows say which identifier they were attributed by.
  const customers = possible.isNameless || owners.fewRoots === null ? null : [...owners.fewRoots];
  return firstHolder(possible, owners, draft.interactionsAlike({ id, type, occurredAt: occurredAt.getTime(), own, customers }));
}

/** Present and former owners of an interaction's identifiers, read when they are asked for. */
class EveryOwner {
  readonly #graph: GraphDraft;
  readonly #possible: PossibleRepetition;
  #roots: ReadonlySet<CustomerId> | null = null;
  #fewRoots: ReadonlySet<CustomerId> | null | undefined;

  constructor(graph: GraphDraft, possible: PossibleRepetition) {
    this.#graph = graph;
    this.#possible = possible;
  }

  /** Customers of today: of each identifier in turn, who owns it now and who owned it before. */
  get roots(): ReadonlySet<CustomerId> {
    const { formerOwners } = this.#graph;
    this.#roots ??= this.#rootsBy((key) => formerOwners.rootsOf(key)) as ReadonlySet<CustomerId>;
    return this.#roots;
  }

  /** As `roots`; null where they are more than the store reads for every interaction. */
  get fewRoots(): ReadonlySet<CustomerId> | null {
    const { formerOwners } = this.#graph;
    if (this.#fewRoots === undefined) this.#fewRoots = this.#rootsBy((key) => formerOwners.fewRootsOf(key));
    return this.#fewRoots;
  }

  /** @returns null where `former` does for any identifier. */
  #rootsBy(former: (key: string) => readonly CustomerId[] | null): ReadonlySet<CustomerId> | null {
    const { interaction, owners } = this.#possible;
    const roots = new Set<CustomerId>();
    for (const [index, identifier] of interaction.identifiers.entries()) {
      const before = former(identifierKey(identifier));
      if (before === null) return null;
      if (owners[index] != null) roots.add(owners[index]);
      for (const root of before) roots.add(root);
    }
    return roots;
  }

  /** Usually one probe: the id under which an interaction lies is mostly an owner's as it is. */
  has({ customerId, root }: KnownInteraction): boolean {
    const { interaction, owners } = this.#possible;
    const { formerOwners } = this.#graph;
    if (owners.includes(root)) return true;
    if (interaction.identifiers.some((identifier) => formerOwners.wasOwner(identifierKey(identifier), customerId))) return true;
    return this.roots.has(root);
  }
}

/** Who has the same interaction; of several, the first in the order of `owners`. */
function firstHolder(possible: PossibleRepetition, owners: EveryOwner, rows: readonly KnownInteraction[]): CustomerId | null {
  const { interaction, customerId, isNameless, deciding } = possible;
  const [at, decidingKey] = [interaction.occurredAt.getTime(), deciding && identifierKey(deciding)];
  const isSame = (row: KnownInteraction) =>
    row.root === customerId ||
    (row.occurredAt === at && row.type === interaction.type && ((isNameless && row.attributedBy === decidingKey) || owners.has(row)));
  const holders = new Set(rows.filter(isSame).map(({ root }) => root));
  if (holders.size <= 1) return [...holders][0] ?? null;
  return [...owners.roots].find((root) => holders.has(root)) ?? ([...holders][0] as CustomerId);
}
