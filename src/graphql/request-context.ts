import DataLoader from 'dataloader';
import { type CapturableRequest, type Capture, isHandedOver, type NewVisitor } from '../capture/capture.ts';
import type { CaptureSession } from '../capture/capture-session.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import type { Viewer } from '../model/viewer.ts';
import type { ProfileReader } from '../profile/read-field.ts';
import type { Engine } from './engine.ts';
import type { AnswerLog } from './execution/answer.ts';
import { type ReadyOperation, textsOfOperation } from './execution/operations.ts';
import { type FieldProvenance, wantsProvenance } from './execution/provenance.ts';

export interface RequestContextOptions {
  readonly requestId: string;
  readonly operation: ReadyOperation;
  readonly engine: Engine;
  readonly log: AnswerLog;
  readonly openProfile: () => ProfileReader;
  readonly captured: CaptureSession;
}

/** Everything that one operation knows and remembers. */
export class RequestContext {
  /** As the log has it. */
  readonly requestId: string;
  readonly operation: ReadyOperation;
  readonly engine: Engine;
  readonly log: AnswerLog;
  /** What is read off the request. A visitor without a cookie gets one when it is first read. */
  readonly captured: CaptureSession;
  readonly profile: ProfileReader;
  /** Where each bound field's value came from, for a viewer who asked for it and may know. */
  readonly provenance: FieldProvenance[] | undefined;
  #byId: DataLoader<CustomerId, ResolvedCustomer | null> | undefined;
  readonly #openProfile: () => ProfileReader;
  #resolved: ResolvedCustomer | null | Promise<ResolvedCustomer | null> | undefined;

  constructor({ requestId, operation, engine, log, openProfile, captured }: RequestContextOptions) {
    this.requestId = requestId;
    this.operation = operation;
    this.engine = engine;
    this.log = log;
    this.#openProfile = openProfile;
    this.profile = openProfile();
    this.captured = captured;
    this.provenance = wantsProvenance(this.request.headers, this.viewer) ? [] : undefined;
  }

  /** Customers by id, batched: for `node` and entity references. For trusted viewers. */
  get customersById(): DataLoader<CustomerId, ResolvedCustomer | null> {
    this.#byId ??= new DataLoader((ids) => this.graph.findByIds(ids));
    return this.#byId;
  }

  /**
   * The same request, with nothing remembered of what was answered before: for the next event of a subscription. What
   * was read off the request stays, since a handoff is used up by reading.
   */
  renewed(): RequestContext {
    const { requestId, operation, engine, log, captured } = this;
    return new RequestContext({ requestId, operation, engine, log, openProfile: this.#openProfile, captured });
  }

  /** Every text of the operation and every identifier of its request: none of them may be in the log. Collected when asked for. */
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
    if (this.#resolved === undefined) {
      const captured = this.capture();
      this.#resolved = captured instanceof Promise ? captured.then((capture) => this.#customerOf(capture)) : this.#customerOf(captured);
    }
    return this.#resolved;
  }

  /** After a mutation the request's customer may be another. */
  forgetCustomer(): void {
    this.#resolved = undefined;
    this.#byId?.clearAll();
  }

  /** A customer without a past, for one who logs out: new cookies go out. Null where no rule issues any. */
  async startAfresh(): Promise<ResolvedCustomer | null> {
    const visitor = await this.captured.startAfresh();
    if (visitor === null) return null;
    this.#resolved = this.graph.newVisitor(visitor.identifier);
    return this.#resolved;
  }

  #customerOf({ identifiers, newVisitor, retired }: Capture): ResolvedCustomer | null | Promise<ResolvedCustomer | null> {
    if (newVisitor !== null) return this.#customerOfVisitor(identifiers, newVisitor);
    const [cookie] = identifiers.length === 0 ? (retired ?? []) : [];
    if (cookie === undefined) return this.graph.resolve(identifiers);
    // The cookie says nothing any more of whose it was, not even by an id.
    const id = this.engine.rotations.shownId(cookie);
    return { id, assurance: 'ANONYMOUS', identifiers: [], firstSeenAt: null, lastSeenAt: null };
  }

  async #customerOfVisitor(identifiers: Capture['identifiers'], newVisitor: NewVisitor): Promise<ResolvedCustomer | null> {
    // A handoff is used up now: whom it made of the browser must be known by its cookie from the next request on.
    if (identifiers.some(isHandedOver)) {
      return this.graph.resolve([...identifiers, { ...newVisitor.identifier, assurance: 'RECOGNIZED', origin: newVisitor.origin }]);
    }
    return (await this.graph.resolve(identifiers)) ?? this.graph.newVisitor(newVisitor.identifier);
  }
}
