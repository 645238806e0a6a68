import type { CustomerId } from '../../model/customer.ts';

/** Where one id, or all ids that led to one customer before the plan, lead by now. */
interface Cell {
  root: CustomerId;
  /** The customer that it led to before the plan; null for an id that the plan stores. */
  readonly base: CustomerId | null;
}

/**
 * Which customer each id resolves to after what a plan has written so far. A merge moves all ids of a customer at once,
 * also those that the plan has never read, so ids that led to the same customer before share one cell. "Base" is the root
 * that the facts give.
 */
export class DraftRoots {
  readonly #ofBase = new Map<CustomerId, Cell>();
  /** Ids that the plan stored or restored, each for itself. */
  readonly #ofId = new Map<CustomerId, Cell>();
  /** Cells by the root that they had when they were added: one that has moved on since no longer has it. */
  readonly #at = new Map<CustomerId, Cell[]>();

  rootOf(id: CustomerId, base: CustomerId): CustomerId {
    return (this.#ofId.get(id) ?? this.#ofBase.get(base))?.root ?? base;
  }

  /** @param base null for an id that the plan stores. */
  set(id: CustomerId, root: CustomerId, base: CustomerId | null): void {
    const cell = { root, base };
    this.#ofId.set(id, cell);
    this.#add(root, [cell]);
  }

  /** Every id that leads to `from` leads to `to` from now on. */
  move(from: CustomerId, to: CustomerId): void {
    if (!this.#ofBase.has(from)) {
      const cell = { root: from, base: from };
      this.#ofBase.set(from, cell);
      this.#add(from, [cell]);
    }
    const cells = this.#cellsAt(from);
    for (const cell of cells) cell.root = to;
    this.#at.delete(from);
    this.#add(to, cells);
  }

  /** Customers before the plan some of whose ids lead to this one now, itself included unless it was merged away. */
  basesOf(root: CustomerId): CustomerId[] {
    const bases = new Set(this.#cellsAt(root).flatMap(({ base }) => (base === null ? [] : [base])));
    if ((this.#ofBase.get(root)?.root ?? root) === root) bases.add(root);
    return [...bases];
  }

  #cellsAt(root: CustomerId): Cell[] {
    return (this.#at.get(root) ?? []).filter((cell) => cell.root === root);
  }

  #add(root: CustomerId, cells: readonly Cell[]): void {
    const there = this.#at.get(root);
    if (there === undefined) this.#at.set(root, [...cells]);
    else there.push(...cells);
  }
}
