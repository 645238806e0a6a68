import type { Confirmation, ConfirmationOrder } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type {
  ChangeToPreview,
  CorrectionRefusal,
  ErasureOrder,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  IdentityRecord,
  PreviewedChange,
  StoredCustomer,
} from '../../model/identity.ts';
import type { InteractionReceipt, InteractionToSave, JourneyRange, StoredInteraction } from '../../model/interaction.ts';
import type {
  AudienceEvent,
  Decision,
  DecisionToKeep,
  KeptDecision,
  OfferEvidence,
  OfferState,
  OfferStateQuestion,
  OfferTotals,
  OfferTotalsRange,
  ResponseReceipt,
  ResponseToSave,
} from '../../model/offer.ts';
import type { Attribute, IdentityEventPage, Store, WriteBacklog } from '../../model/ports.ts';
import type { PostgresUrl } from '../../model/store-url.ts';
import type { Trait } from '../../model/trait.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from '../../model/visitor-cookie.ts';
import type { StoreOptions } from '../store-location.ts';
import { Calls } from './calls.ts';
import { Connections } from './connections.ts';
import { migrate } from './migrate.ts';
import { type PostgresReads, postgresReads } from './postgres-reads.ts';
import { type PostgresWrites, postgresWrites } from './postgres-writes.ts';
import { keepSetting, storedSetting } from './settings.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';

/** The store in a PostgreSQL database, which any number of gateways share. */
export class PostgresStore implements Store {
  readonly #connections: Connections;
  readonly #reads: PostgresReads;
  readonly #writes: PostgresWrites;
  readonly #calls = new Calls();

  private constructor(connections: Connections, reads: PostgresReads, writes: PostgresWrites) {
    this.#connections = connections;
    this.#reads = reads;
    this.#writes = writes;
  }

  /**
   * Makes the tables where there are none, or brings them to this version. @throws Error where the database can't be reached, or a
   * newer gateway has used it.
   */
  static async open(url: PostgresUrl, options: StoreOptions): Promise<Store> {
    await migrate(url);
    const connections = new Connections(url, { report: options.report });
    try {
      await refuseUnfinishedCopy(connections.shared);
      const secret = await storedSetting(connections.shared, 'identity_key');
      const writes = await postgresWrites(connections, secret, options);
      return new PostgresStore(connections, postgresReads(connections, secret, options.rules), writes);
    } catch (error) {
      await connections.close();
      throw error;
    }
  }

  /** Other processes write, and nothing says so at once: what was read of identities is not remembered. */
  version(): null {
    return null;
  }

  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    return this.#calls.read(() => this.#reads.identities.findOwners(identifiers));
  }

  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    return this.#calls.read(() => this.#reads.identities.findCustomers(ids));
  }

  provisionalIds(identifiers: readonly Identifier[]): Promise<CustomerId[]> {
    return this.#calls.read(() => this.#reads.identities.provisionalIds(identifiers));
  }

  findConfirmations(agent: string, ids: readonly CustomerId[]): Promise<(Confirmation | null)[]> {
    return this.#calls.read(() => this.#reads.identities.findConfirmations(agent, ids));
  }

  findRetired(cookies: readonly Identifier[]): Promise<(RetiredCookie | null)[]> {
    return this.#calls.read(() => this.#reads.identities.findRetired(cookies));
  }

  findIdentityEvents(id: CustomerId, page: IdentityEventPage): Promise<IdentityRecord[]> {
    return this.#calls.read(() => this.#reads.identityEvents.find(id, page));
  }

  findAttributes(ids: readonly CustomerId[]): Promise<Attribute[][]> {
    return this.#calls.read(() => this.#reads.attributes.find(ids));
  }

  findInteractions(id: CustomerId, range: JourneyRange): Promise<StoredInteraction[]> {
    return this.#calls.read(() => this.#reads.interactions.find(id, range));
  }

  findTraits(ids: readonly CustomerId[], traits: readonly Trait[], at: Date): Promise<Record<string, unknown>[]> {
    return this.#calls.read(() => this.#reads.traits.find(ids, traits, at));
  }

  findOfferStates(questions: readonly OfferStateQuestion[]): Promise<OfferState[]> {
    return this.#calls.read(() => this.#reads.offers.findStates(questions));
  }

  findDecisions(id: CustomerId, placement: string | null, limit: number): Promise<Decision[]> {
    return this.#calls.read(() => this.#reads.offers.findDecisions(id, placement, limit));
  }

  findEvidence(): Promise<OfferEvidence[]> {
    return this.#calls.read(() => this.#reads.offers.findEvidence());
  }

  findOfferTotals(range: OfferTotalsRange): Promise<OfferTotals[]> {
    return this.#calls.read(() => this.#reads.offers.findTotals(range));
  }

  findAudienceEvents(id: CustomerId, limit: number): Promise<AudienceEvent[]> {
    return this.#calls.read(() => this.#reads.offers.findAudienceEvents(id, limit));
  }

  preview(change: ChangeToPreview): Promise<PreviewedChange> {
    return this.#calls.read(() => this.#reads.previews.preview(change));
  }

  commit(event: IdentityEvent): Promise<IdentityDecision> {
    return this.#calls.write(() => this.#writes.queue.commit(event));
  }

  saveInteractions(interactions: readonly InteractionToSave[], { isPatient } = { isPatient: false }): Promise<InteractionReceipt[]> {
    return this.#calls.write(() => this.#writes.queue.saveInteractions(interactions, isPatient));
  }

  async correct(correction: IdentityCorrection): Promise<IdentityChanges | CorrectionRefusal> {
    const decided = await this.correctAll([correction]);
    return 'kind' in decided ? decided : (decided[0] as IdentityChanges);
  }

  correctAll(corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal> {
    return this.#calls.write(() => this.#writes.correctAll(corrections));
  }

  erase(order: ErasureOrder): Promise<boolean> {
    return this.#calls.write(() => this.#writes.erase(order));
  }

  confirm(order: ConfirmationOrder): Promise<CustomerId | null> {
    return this.#calls.write(() => this.#writes.confirm(order));
  }

  rotate(rotation: CookieRotation): Promise<RotationOutcome> {
    return this.#calls.write(() => this.#writes.rotate(rotation));
  }

  keepDecision(decision: DecisionToKeep): Promise<KeptDecision> {
    return this.#calls.write(() => this.#writes.keepDecision(decision));
  }

  saveResponse(response: ResponseToSave): Promise<ResponseReceipt> {
    return this.#calls.write(() => this.#writes.saveResponse(response));
  }

  saveAudiences(id: CustomerId, audiences: ReadonlyMap<string, boolean>, at: Date): Promise<AudienceEvent[]> {
    return this.#calls.write(() => this.#writes.saveAudiences({ id, audiences, at }));
  }

  claim(id: string, expiresAt: Date): Promise<boolean> {
    return this.#calls.write(() => this.#writes.claims.claim(id, expiresAt));
  }

  keepSetting(name: string, value: string): Promise<string> {
    return this.#calls.write(() => keepSetting(this.#connections.shared, name, value));
  }

  backlog(): WriteBacklog {
    return this.#calls.backlog();
  }

  async close(): Promise<void> {
    if (!this.#calls.end()) return;
    // Erasures that still delete fail now; everything else ends first.
    await this.#writes.stop();
    await this.#calls.ended();
    await this.#connections.close();
  }
}
