import type { CustomerId } from '../../../model/customer.ts';
import { identifierKey } from '../../../model/identifier.ts';
import type { JourneyRange, StoredInteraction } from '../../../model/interaction.ts';
import { mergeJourneys, rangeLeft } from '../../merge-pages.ts';
import { type InteractionRow, toInteraction } from '../../rows.ts';
import type { Connection } from '../statement.ts';
import { readCustomerPage } from './customer-page.ts';
import { readJourneyUnder } from './journey-pages.ts';

/**
 * Reads of journeys. Interactions lie under the id their customer had when they were written, in order of time; a
 * journey is the merge of what lies under each id, and is read only as far as it is asked for.
 */
export class InteractionReads {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async find(customer: CustomerId, range: JourneyRange): Promise<StoredInteraction[]> {
    const { page, pending } = await readCustomerPage<InteractionRow>(this.#connection, customer, {
      read: async ({ id, isErased }, found) => (isErased ? [] : readJourneyUnder(this.#connection, id, rangeLeft(range, found))),
      merge: (found, more) => mergeJourneys(found, more, range),
    });
    return page.map((row) => toShown(row, pending.under(row.customer_id), range));
  }
}

function toShown(row: InteractionRow, erased: ReadonlySet<string> | undefined, { withActors = false }: JourneyRange): StoredInteraction {
  const interaction = toInteraction(withActors ? row : { ...row, actor: null });
  const { identifier } = interaction;
  if (erased === undefined || identifier === null || identifier.value === null) return interaction;
  const key = identifierKey({ type: identifier.type, value: identifier.value });
  return erased.has(key) ? { ...interaction, identifier: { type: identifier.type, value: null } } : interaction;
}
