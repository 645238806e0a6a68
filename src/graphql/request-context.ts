import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { type CapturableRequest, type Capture, isHandedOver, type NewVisitor } from '../capture/capture.ts';
import type { CaptureSession } from '../capture/capture-session.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import type { Viewer } from '../model/viewer.ts';
import type { ProfileReader } from '../profile/read-field.ts';
import type { Engine } from './engine.ts';
import { type FieldProvenance, wantsProvenance } from './execution/provenance.ts';

/** graphql-js makes one path object per position and passes the same one to every field below it. */
type Path = GraphQLResolveInfo['path'];

export interface RequestContextOptions {
  readonly requestId: string;
  readonly engine: Engine;
  readonly openProfile: () => ProfileReader;
  readonly captured: CaptureSession;
}

/**
 * Everything that one operation knows and remembers. Its fields are `private` and not `#private`: Apollo copies
 * the context for each operation of a request, and a copy has no `#private` fields.
 */
export class RequestContext {
  /** As the log has it. */
  requestId: string;
  readonly engine: Engine;
  /** What is read off the request. A visitor without a cookie gets one when it is first read. */
  readonly captured: CaptureSession;
  readonly profile: ProfileReader;
  /** Where each bound field's value came from, for a viewer who asked for it and may know. */
  readonly provenance: FieldProvenance[] | undefined;
  private byId: DataLoader<CustomerId, ResolvedCustomer | null> | undefined;
  private readonly openProfile: () => ProfileReader;
  private customersAt: WeakMap<Path, ResolvedCustomer> | undefined;
  private sourcesAt: WeakMap<Path, string> | undefined;
  private resolved: ResolvedCustomer | null | Promise<ResolvedCustomer | null> | undefined;

  constructor({ requestId, engine, openProfile, captured }: RequestContextOptions) {
    this.requestId = requestId;
    this.engine = engine;
    this.openProfile = openProfile;
    this.profile = openProfile();
    this.captured = captured;
    this.provenance = wantsProvenance(this.request.headers, this.viewer) ? [] : undefined;
  }

  /** Customers by id, batched: for `node` and entity references. For trusted viewers. */
  get customersById(): DataLoader<CustomerId, ResolvedCustomer | null> {
    this.byId ??= new DataLoader((ids) => this.graph.findByIds(ids));
    return this.byId;
  }

  /**
   * The same request, with nothing remembered of what was answered before: for the next event of a subscription. What
   * was read off the request stays, since a handoff is used up by reading.
   */
  renewed(): RequestContext {
    const { requestId, engine, openProfile, captured } = this;
    return new RequestContext({ requestId, engine, openProfile, captured });
  }

  /** Identifiers that came with this request, for keeping them out of the log. */
  get seenValues(): string[] {
    return this.captured.seenValues;
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
    if (this.resolved === undefined) {
      const captured = this.capture();
      this.resolved = captured instanceof Promise ? captured.then((capture) => this.customerOf(capture)) : this.customerOf(captured);
    }
    return this.resolved;
  }

  /** After a mutation the request's customer may be another. */
  forgetCustomer(): void {
    this.resolved = undefined;
    this.byId?.clearAll();
  }

  /** A customer without a past, for one who logs out: new cookies go out. Null where no rule issues any. */
  async startAfresh(): Promise<ResolvedCustomer | null> {
    const visitor = await this.captured.startAfresh();
    if (visitor === null) return null;
    this.resolved = this.graph.newVisitor(visitor.identifier);
    return this.resolved;
  }

  private customerOf({ identifiers, newVisitor, retired }: Capture): ResolvedCustomer | null | Promise<ResolvedCustomer | null> {
    if (newVisitor !== null) return this.customerOfVisitor(identifiers, newVisitor);
    const [cookie] = identifiers.length === 0 ? (retired ?? []) : [];
    if (cookie === undefined) return this.graph.resolve(identifiers);
    // The cookie says nothing any more of whose it was, not even by an id.
    const id = this.engine.rotations.shownId(cookie);
    return { id, assurance: 'ANONYMOUS', identifiers: [], firstSeenAt: null, lastSeenAt: null };
  }

  private async customerOfVisitor(identifiers: Capture['identifiers'], newVisitor: NewVisitor): Promise<ResolvedCustomer | null> {
    // A handoff is used up now: whom it made of the browser must be known by its cookie from the next request on.
    if (identifiers.some(isHandedOver)) {
      return this.graph.resolve([...identifiers, { ...newVisitor.identifier, assurance: 'RECOGNIZED', origin: newVisitor.origin }]);
    }
    return (await this.graph.resolve(identifiers)) ?? this.graph.newVisitor(newVisitor.identifier);
  }

  /** Notes which customer stands at a position, for fields further down. */
  placeCustomer(at: Path, customer: ResolvedCustomer): void {
    this.customersAt ??= new WeakMap();
    this.customersAt.set(at, customer);
  }

  /** The customer in whose answer a field stands. */
  customerAbove(path: Path): ResolvedCustomer {
    for (let at: Path | undefined = path; at !== undefined; at = at.prev) {
      const customer = this.customersAt?.get(at);
      if (customer !== undefined) return customer;
    }
    throw new Error('a bound field was resolved outside of a customer');
  }

  /** Notes which source answered the field at a position. */
  placeSource(at: Path, source: string): void {
    this.sourcesAt ??= new WeakMap();
    this.sourcesAt.set(at, source);
  }

  /** The source whose record a field stands in. */
  sourceAbove(path: Path): string {
    for (let at: Path | undefined = path; at !== undefined; at = at.prev) {
      const source = this.sourcesAt?.get(at);
      if (source !== undefined) return source;
    }
    throw new Error('a record was resolved outside of a source');
  }
}
