import { isProven } from '../model/assurance.ts';
import type { Confirmation, ConfirmationOrder } from '../model/confirmation.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import type { ConfirmationStore } from '../model/ports.ts';
import { agentKey, type Viewer } from '../model/viewer.ts';

/** What agents confirmed. Only the store knows: nothing is remembered here, so a confirmation counts in every process at once. */
export class Confirmations {
  readonly #store: ConfirmationStore;
  readonly #now: () => Date;

  constructor(store: ConfirmationStore, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Customers as this viewer may see them. The one rule of `viewers.agentsConfirm`: for an agent who must confirm, a customer who
   * is proven is VERIFIED with the agent's own confirmation, and RECOGNIZED without. Every look-up comes by here.
   */
  seenBy<Customer extends ResolvedCustomer | null>(viewer: Viewer, customers: readonly Customer[]): Promise<Customer[]> | Customer[] {
    return viewer.mustConfirm === true ? this.#withAssurance(viewer, customers) : [...customers];
  }

  /** This agent's confirmation of a customer; null without one, and when it has expired. */
  async of(viewer: Viewer, id: CustomerId): Promise<Confirmation | null> {
    return (await this.#find(viewer, [id]))[0] ?? null;
  }

  /** @returns the customer; null for an id that is nobody's. */
  confirm(order: ConfirmationOrder): Promise<CustomerId | null> {
    return this.#store.confirm(order);
  }

  async #withAssurance<Customer extends ResolvedCustomer | null>(viewer: Viewer, customers: readonly Customer[]): Promise<Customer[]> {
    const isMeant = (customer: Customer) => customer !== null && isProven(customer.assurance);
    const meant = customers.flatMap((customer) => (customer !== null && isMeant(customer) ? [customer.id] : []));
    const found = await this.#find(viewer, meant);
    let next = 0;
    return customers.map((customer) =>
      isMeant(customer) ? { ...customer, assurance: found[next++] === null ? 'RECOGNIZED' : 'VERIFIED' } : customer,
    );
  }

  async #find(viewer: Viewer, ids: readonly CustomerId[]): Promise<(Confirmation | null)[]> {
    const agent = agentKey(viewer);
    if (agent === null || ids.length === 0) return ids.map(() => null);
    const now = this.#now().getTime();
    const found = await this.#store.findConfirmations(agent, ids);
    return found.map((confirmation) => (confirmation !== null && confirmation.expiresAt.getTime() > now ? confirmation : null));
  }
}
