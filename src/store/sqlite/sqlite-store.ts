import { once } from 'node:events';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Confirmation, ConfirmationOrder } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type {
  ChangedIdentities,
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
import type { Trait } from '../../model/trait.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from '../../model/visitor-cookie.ts';
import { toRetiredCookie } from '../plan/retired-cookies.ts';
import type { AudiencesToSave } from '../plan/save-audiences.ts';
import type { StoreOptions } from '../store-location.ts';
import { ConfirmationReads } from './confirmation-rows.ts';
import { IdentityReads } from './identity-reads.ts';
import { IdentityVersion } from './identity-version.ts';
import { LongReads } from './long-reads.ts';
import { migrate, openDatabase } from './open-database.ts';
import { SHORT_READ } from './read-bounds.ts';
import { type StoreReads, storeReads } from './store-reads.ts';
import type { StoreWrites } from './store-writes.ts';
import { registerTraits } from './trait-recount.ts';
import { backlogOf, type Waiting } from './waiting-writes.ts';
import type { WriteReplies, WriteReply, WriteRequest, WriterData } from './writer-thread.ts';

/**
 * The store in one SQLite file. Short reads are answered on the calling thread (a point look-up takes microseconds,
 * less than handing it over would). Long reads, and writes, which wait for the disk, go to a thread each.
 */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #version: IdentityVersion;
  readonly #setting: StatementSync;
  readonly #reads: IdentityReads;
  readonly #confirmations: ConfirmationReads;
  readonly #customerReads: StoreReads;
  readonly #longReads: LongReads;
  readonly #writer: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Writes that were asked for and whose transaction has not been reported. */
  #unreported = 0;
  /** `version` vouches for what is remembered. */
  readonly identityAge = null;
  #outbox: WriteRequest[] = [];
  #sequence = 0;
  #isClosing = false;
  #failure: Error | null = null;

  constructor(path: string, { rules, traits, retention }: StoreOptions) {
    this.#database = openDatabase(path);
    migrate(this.#database);
    if (traits !== undefined) registerTraits(this.#database, traits);
    this.#version = new IdentityVersion(this.#database, () => this.#unreported > 0);
    this.#setting = this.#database.prepare('select value from setting where name = ?');
    this.#reads = new IdentityReads(this.#database);
    this.#confirmations = new ConfirmationReads(this.#database, this.#reads.identityKey);
    this.#customerReads = storeReads(this.#database, SHORT_READ);
    this.#longReads = new LongReads({ path, rules });
    const self = import.meta.url;
    const thread = new URL(self.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js', self);
    this.#writer = new Worker(thread, { workerData: { path, rules, retention } satisfies WriterData });
    this.#writer.on('message', (message: WriteReplies) => this.#receive(message));
    this.#writer.on('error', (error) => this.#fail(error as Error));
    this.#writer.on('exit', () => this.#fail(new Error('the store is closed')));
    this.#writer.unref();
  }

  version(): number | null {
    return this.#version.now();
  }

  onIdentityChange(listener: (changed: ChangedIdentities) => void): void {
    this.#version.listeners.add(listener);
  }

  async findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    return this.#reads.findOwners(identifiers);
  }

  async findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    return this.#reads.findCustomers(ids);
  }

  async provisionalIds(identifiers: readonly Identifier[]): Promise<CustomerId[]> {
    return this.#reads.provisionalIds(identifiers);
  }

  async findConfirmations(agent: string, ids: readonly CustomerId[]): Promise<(Confirmation | null)[]> {
    return this.#confirmations.find(agent, ids);
  }

  confirm(order: ConfirmationOrder): Promise<CustomerId | null> {
    return this.#write('confirm', order) as Promise<CustomerId | null>;
  }

  async findAttributes(ids: readonly CustomerId[]): Promise<Attribute[][]> {
    return this.#read('findAttributes', ids);
  }

  async findIdentityEvents(id: CustomerId, page: IdentityEventPage): Promise<IdentityRecord[]> {
    return this.#read('findIdentityEvents', id, page);
  }

  async findInteractions(id: CustomerId, range: JourneyRange): Promise<StoredInteraction[]> {
    return this.#read('findInteractions', id, range);
  }

  async findTraits(ids: readonly CustomerId[], traits: readonly Trait[], at: Date): Promise<Record<string, unknown>[]> {
    return this.#read('findTraits', ids, traits, at);
  }

  async findRetired(cookies: readonly Identifier[]): Promise<(RetiredCookie | null)[]> {
    return cookies.map((cookie) => {
      const row = this.#reads.retiredCookie(identifierKey(cookie));
      return row === undefined ? null : toRetiredCookie(row);
    });
  }

  async findOfferStates(questions: readonly OfferStateQuestion[]): Promise<OfferState[]> {
    // One by one, so that only a customer who has much goes to the other thread.
    return (await Promise.all(questions.map((question) => this.#read('findOfferStates', [question])))).flat();
  }

  async findDecisions(id: CustomerId, placement: string | null, limit: number): Promise<Decision[]> {
    return this.#read('findDecisions', id, placement, limit);
  }

  async findEvidence(): Promise<OfferEvidence[]> {
    return this.#read('findEvidence');
  }

  async findOfferTotals(range: OfferTotalsRange): Promise<OfferTotals[]> {
    return this.#read('findOfferTotals', range);
  }

  async findAudienceEvents(id: CustomerId, limit: number): Promise<AudienceEvent[]> {
    return this.#read('findAudienceEvents', id, limit);
  }

  keepDecision(decision: DecisionToKeep): Promise<KeptDecision> {
    return this.#write('keepDecision', decision) as Promise<KeptDecision>;
  }

  saveResponse(response: ResponseToSave): Promise<ResponseReceipt> {
    return this.#write('saveResponse', response) as Promise<ResponseReceipt>;
  }

  saveAudiences(id: CustomerId, audiences: ReadonlyMap<string, boolean>, at: Date): Promise<AudienceEvent[]> {
    return this.#write('saveAudiences', { id, audiences, at } satisfies AudiencesToSave) as Promise<AudienceEvent[]>;
  }

  rotate(rotation: CookieRotation): Promise<RotationOutcome> {
    return this.#write('rotate', rotation) as Promise<RotationOutcome>;
  }

  async correct(correction: IdentityCorrection): Promise<IdentityChanges | CorrectionRefusal> {
    const decided = await this.correctAll([correction]);
    return 'kind' in decided ? decided : (decided[0] as IdentityChanges);
  }

  correctAll(corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal> {
    return this.#write('correctAll', corrections) as Promise<readonly IdentityChanges[] | CorrectionRefusal>;
  }

  preview(change: ChangeToPreview): Promise<PreviewedChange> {
    return this.#longReads.read('preview', [change]) as Promise<PreviewedChange>;
  }

  saveInteractions(interactions: readonly InteractionToSave[], { isPatient } = { isPatient: false }): Promise<InteractionReceipt[]> {
    return this.#ask({ name: 'saveInteractions', args: [interactions], isPatient }) as Promise<InteractionReceipt[]>;
  }

  commit(event: IdentityEvent): Promise<IdentityDecision> {
    return this.#write('commit', event) as Promise<IdentityDecision>;
  }

  claim(id: string, expiresAt: Date): Promise<boolean> {
    return this.#write('claim', id, expiresAt) as Promise<boolean>;
  }

  erase(order: ErasureOrder): Promise<boolean> {
    return this.#write('erase', order) as Promise<boolean>;
  }

  async keepSetting(name: string, value: string): Promise<string> {
    // A start then waits for no write, and not for the thread of the writer either.
    return this.#settingOf(name) ?? ((await this.#write('keepSetting', name, value)) as string);
  }

  async findSetting(name: string): Promise<string | null> {
    return this.#settingOf(name);
  }

  backlog(): WriteBacklog {
    return backlogOf(this.#waiting);
  }

  async close(): Promise<void> {
    if (this.#failure !== null) return;
    // What is under way settles first, and then nothing but the thread's end keeps the process alive.
    this.#isClosing = true;
    this.#writer.ref();
    const exited = once(this.#writer, 'exit');
    if (this.#outbox.length > 0) this.#post();
    this.#writer.postMessage('close');
    await Promise.all([exited, this.#longReads.close()]);
    this.#database.close();
  }

  #settingOf(name: string): string | null {
    return (this.#setting.get(name) as { value: string } | undefined)?.value ?? null;
  }

  /** Answered here when it is short, otherwise by the reader thread. */
  async #read<Name extends keyof StoreReads>(
    name: Name,
    ...args: Parameters<StoreReads[Name]>
  ): Promise<NonNullable<ReturnType<StoreReads[Name]>>> {
    const read = this.#customerReads[name] as (...given: typeof args) => ReturnType<StoreReads[Name]>;
    const found = read(...args) ?? (await this.#longReads.read(name, args));
    return found as NonNullable<ReturnType<StoreReads[Name]>>;
  }

  #write(name: keyof StoreWrites, ...args: unknown[]): Promise<unknown> {
    return this.#ask({ name, args, isPatient: false });
  }

  #ask(write: Omit<WriteRequest, 'sequence'>): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const sequence = this.#sequence++;
    this.#unreported++;
    // A write that was begun keeps the process alive until it is on disk.
    if (this.#waiting.size === 0) this.#writer.ref();
    // What one turn of the event loop asks for crosses over as one message.
    if (this.#outbox.push({ sequence, ...write }) === 1) queueMicrotask(() => this.#post());
    return new Promise((resolve, reject) => this.#waiting.set(sequence, { since: performance.now(), resolve, reject }));
  }

  #post(): void {
    const batch = this.#outbox;
    this.#outbox = [];
    try {
      this.#writer.postMessage(batch);
    } catch (error) {
      // What can't cross over fails, and nothing else does.
      this.#unreported -= batch.length;
      this.#settle(batch.map(({ sequence }) => ({ sequence, error })));
    }
  }

  #receive({ replies, attempted, report }: WriteReplies): void {
    this.#unreported -= attempted;
    if (report !== null) this.#version.explain(report);
    this.#settle(replies);
  }

  #settle(replies: readonly WriteReply[]): void {
    for (const { sequence, result, error } of replies) {
      const waiting = this.#waiting.get(sequence);
      this.#waiting.delete(sequence);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(error);
    }
    if (this.#waiting.size === 0 && !this.#isClosing) this.#writer.unref();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
