import DataLoader from 'dataloader';
import type { CapturableRequest, Capture } from '../capture/capture.ts';
import type { CaptureSession } from '../capture/capture-session.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { BudgetedReads, SharedReads } from '../journey/budgeted-reads.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import type { Identifier } from '../model/identifier.ts';
import { MaskedTexts } from '../model/masked-texts.ts';
import type { Viewer } from '../model/viewer.ts';
import type { FoundBy, IncompleteSource } from '../profile/find-customers.ts';
import type { ProfileReader } from '../profile/read-field.ts';
import type { OperationBudget } from '../sources/operation-budget.ts';
import { customerOf } from './customer-of.ts';
import type { Engine } from './engine.ts';
import type { AnswerLog } from './execution/answer.ts';
import { textSizeOf } from './execution/answer-size.ts';
import type { IdleOperation } from './execution/idle-operation.ts';
import { type ReadyOperation, textsOfOperation } from './execution/operations.ts';
import { type FieldProvenance, wantsProvenance } from './execution/provenance.ts';

export interface RequestContextOptions {
  readonly requestId: string;
  readonly operation: ReadyOperation | IdleOperation;
  readonly engine: Engine;
  readonly log: AnswerLog;
  readonly openProfile: () => ProfileReader;
  readonly captured: CaptureSession;
  /** Another context of the same request: its customers, and what sources answered it, are this one's, too. */
  readonly sharing?: RequestContext;
}

/** The state of one operation. */
export class RequestContext {
  /** As in the log. */
  readonly requestId: string;
  readonly engine: Engine;
  readonly log: AnswerLog;
  /** Identifiers read off the request. The first read gives a cookie to a visitor who has none. */
  readonly captured: CaptureSession;
  readonly profile: ProfileReader;
  /** The source of each bound field's value, for a viewer who asked for it and may see it. */
  readonly provenance: FieldProvenance[] | undefined;
  /** Sources that failed where an answer is made of several: what only they know is not in it. Undefined where none did. */
  incomplete: IncompleteSource[] | undefined;
  /** For customers whom a search found: by which source. Undefined where none was. */
  foundBy: FoundBy[] | undefined;
  #byId: DataLoader<CustomerId, ResolvedCustomer | null> | undefined;
  #reads: BudgetedReads | undefined;
  readonly #openProfile: () => ProfileReader;
  readonly #sharing: RequestContext | undefined;
  /** What the contexts read of the store that share this one's customers. */
  #sharedReads: SharedReads | undefined;
  #operation: ReadyOperation | IdleOperation;
  /** Left out while nothing is hidden, as for most requests. */
  #hidden: Set<Identifier> | undefined;
  #maskedTexts: MaskedTexts | undefined;
  #resolved: ResolvedCustomer | null | Promise<ResolvedCustomer | null> | undefined;

  constructor({ requestId, operation, engine, log, openProfile, captured, sharing }: RequestContextOptions) {
    this.requestId = requestId;
    this.#operation = operation;
    this.engine = engine;
    this.log = log;
    this.#openProfile = openProfile;
    this.profile = openProfile();
    if (sharing !== undefined) {
      // The budget stays its own: what it asks for must not end an operation that answers the same event.
      this.profile = { ...this.profile, sources: sharing.profile.sources.sharedWith(this.budget) };
    }
    this.#sharing = sharing;
    this.captured = captured;
    this.provenance = wantsProvenance(this.request.headers, this.viewer) ? [] : undefined;
  }

  /** Of an idle subscription, made again on each call. */
  get operation(): ReadyOperation {
    return this.#operation.kind === 'ready' ? this.#operation : this.#operation.prepareAgain();
  }

  /** Lets go of all that a subscription does not need until its next event. */
  becomeIdle(operation: IdleOperation): void {
    this.#operation = operation;
    this.#byId = undefined;
    this.#resolved = undefined;
    this.#reads = undefined;
  }

  /** Customers by id, batched, for `node` and entity references of trusted viewers. */
  get customersById(): DataLoader<CustomerId, ResolvedCustomer | null> {
    this.#byId ??= this.#sharing?.customersById;
    this.#byId ??= new DataLoader((ids) => this.graph.findByIds(ids, this.viewer));
    return this.#byId;
  }

  /**
   * A new context of the same request, for the next event of a subscription: sources and the graph are asked again. What was
   * read off the request is kept, because reading uses up a handoff.
   * @param sharing a renewed context of the same session, where the event is answered to several of its subscriptions: what
   * one of them read is not read again.
   */
  renewed(sharing?: RequestContext): RequestContext {
    const { requestId, engine, log, captured } = this;
    const operation = this.#operation;
    const openProfile = this.#openProfile;
    return new RequestContext({ requestId, operation, engine, log, openProfile, captured, ...(sharing && { sharing }) });
  }

  /** What the operation may use. Each event of a subscription has its own. */
  get budget(): OperationBudget {
    return this.profile.sources.budget;
  }

  /** The operation's reads of the store. */
  get reads(): BudgetedReads {
    this.#reads ??= new BudgetedReads(this.budget, textSizeOf, this.#sharing?.sharedReads);
    return this.#reads;
  }

  private get sharedReads(): SharedReads {
    this.#sharedReads ??= new SharedReads();
    return this.#sharedReads;
  }

  /** Every text of the operation and every identifier of its request, to be hidden in the log. Collected on each call. */
  get texts(): readonly string[] {
    return [...this.captured.seenValues, ...textsOfOperation(this.operation)];
  }

  get request(): CapturableRequest {
    return this.captured.request;
  }

  get viewer(): Viewer {
    return this.request.viewer;
  }

  get graph(): IdentityGraph {
    return this.engine.graph;
  }

  capture(): Capture | Promise<Capture> {
    return this.captured.read();
  }

  /** The customer of this request, or null when nothing was captured. */
  customer(): ResolvedCustomer | null | Promise<ResolvedCustomer | null> {
    if (this.#resolved === undefined && this.#sharing !== undefined) this.#resolved = this.#sharing.customer();
    if (this.#resolved === undefined) {
      const captured = this.capture();
      const whose = (capture: Capture) => customerOf(this.engine, capture, this.viewer);
      this.#resolved = captured instanceof Promise ? captured.then(whose) : whose(captured);
    }
    return this.#resolved;
  }

  /** Says with the answer that these sources failed. Each is named once. */
  reportIncomplete(sources: readonly IncompleteSource[]): void {
    for (const each of sources) {
      if (this.incomplete?.some(({ source }) => source === each.source)) continue;
      this.incomplete ??= [];
      this.incomplete.push(each);
    }
  }

  /** Says with the answer which sources found these customers. */
  reportFoundBy(found: readonly FoundBy[]): void {
    if (found.length > 0) this.foundBy = [...(this.foundBy ?? []), ...found];
  }

  /** From now on the owner's code can answer no identifier of this customer: what it answers is masked. */
  hideInAnswers({ identifiers }: ResolvedCustomer): void {
    this.#hidden ??= new Set();
    const { size } = this.#hidden;
    for (const identifier of identifiers) this.#hidden.add(identifier);
    // Making it takes a millisecond for 50 identifiers, and each field of the owner's code comes by here.
    if (this.#hidden.size > size) this.#maskedTexts = undefined;
  }

  /** What is masked in answers of the owner's code; null for nothing. */
  get maskedTexts(): MaskedTexts | null {
    if (this.#hidden === undefined) return null;
    this.#maskedTexts ??= new MaskedTexts([...this.#hidden]);
    return this.#maskedTexts;
  }

  /** To be called after a mutation, which may give the request to another customer. */
  forgetCustomer(): void {
    this.#resolved = undefined;
    this.#byId?.clearAll();
    this.#reads?.forget();
  }

  /** Starts a new customer for one who logs out, with new cookies. Null where no rule issues cookies. */
  async startAfresh(): Promise<ResolvedCustomer | null> {
    const visitor = await this.captured.startAfresh();
    if (visitor === null) return null;
    this.#resolved = this.graph.newVisitor(visitor.identifier);
    return this.#resolved;
  }
}
