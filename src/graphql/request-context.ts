import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { CapturableRequest, Capture } from '../capture/capture-request.ts';
import type { IdentityGraph, ResolvedCustomer } from '../identity/identity-graph.ts';
import type { CustomerId } from '../model/customer.ts';
import type { Viewer } from '../model/viewer.ts';
import type { ProfileReader } from '../profile/read-field.ts';
import type { Engine } from './engine.ts';
import { type FieldProvenance, wantsProvenance } from './provenance.ts';

/** graphql-js makes one path object per position and passes the same one to every field below it. */
type Path = GraphQLResolveInfo['path'];

/**
 * Everything that one operation knows and remembers. Its fields are `private` and not `#private`: Apollo copies
 * the context for each operation of a request, and a copy has no `#private` fields.
 */
export class RequestContext {
  readonly requestId: string;
  readonly engine: Engine;
  readonly request: CapturableRequest;
  readonly profile: ProfileReader;
  /** Where each bound field's value came from, for a viewer who asked for it and may know. */
  readonly provenance: FieldProvenance[] | undefined;
  /** Customers by id, batched: for `node` and entity references. For trusted viewers. */
  readonly customersById: DataLoader<CustomerId, ResolvedCustomer | null>;
  private readonly setCookie: (header: string) => void;
  private readonly customersAt = new WeakMap<Path, ResolvedCustomer>();
  private readonly sourcesAt = new WeakMap<Path, string>();
  /** Identifiers that came with this request, read off it or given as arguments, for keeping them out of the log. */
  readonly seenValues: string[] = [];
  private captured: Promise<Capture> | undefined;
  private resolved: Promise<ResolvedCustomer | null> | undefined;

  constructor(options: {
    requestId: string;
    engine: Engine;
    request: CapturableRequest;
    profile: ProfileReader;
    setCookie: (header: string) => void;
  }) {
    this.requestId = options.requestId;
    this.engine = options.engine;
    this.request = options.request;
    this.profile = options.profile;
    this.setCookie = options.setCookie;
    this.provenance = wantsProvenance(options.request.headers, options.request.viewer) ? [] : undefined;
    this.customersById = new DataLoader((ids) => this.graph.findByIds(ids));
  }

  get viewer(): Viewer {
    return this.request.viewer;
  }

  get graph(): IdentityGraph {
    return this.engine.graph;
  }

  /** What was read off the request; read once, when first needed. A visitor without a cookie gets one then. */
  capture(): Promise<Capture> {
    this.captured ??= this.readCapture();
    return this.captured;
  }

  /** The customer of this request, or null when nothing was captured. */
  customer(): Promise<ResolvedCustomer | null> {
    this.resolved ??= this.resolveCustomer();
    return this.resolved;
  }

  /** After a mutation the request's customer may be another. */
  forgetCustomer(): void {
    this.resolved = undefined;
    this.customersById.clearAll();
  }

  /** A customer without a past, for one who logs out: new cookies go out. Null where no rule issues any. */
  async startAfresh(): Promise<ResolvedCustomer | null> {
    const [visitor, ...others] = this.engine.capture.startAfresh(this.request);
    if (visitor === undefined) return null;
    for (const { setCookie } of [visitor, ...others]) this.setCookie(setCookie);
    this.resolved = this.graph.newVisitor(visitor.identifier);
    return this.resolved;
  }

  private async readCapture(): Promise<Capture> {
    const capture = await this.engine.capture.read(this.request);
    this.seenValues.push(...capture.identifiers.map(({ value }) => value));
    for (const rule of capture.refused) this.engine.onCaptureRefused(rule);
    if (capture.newVisitor) this.setCookie(capture.newVisitor.setCookie);
    return capture;
  }

  private async resolveCustomer(): Promise<ResolvedCustomer | null> {
    const { identifiers, newVisitor } = await this.capture();
    const known = await this.graph.resolve(identifiers);
    if (known !== null) return known;
    return newVisitor ? this.graph.newVisitor(newVisitor.identifier) : null;
  }

  /** Notes which customer stands at a position, for fields further down. */
  placeCustomer(at: Path, customer: ResolvedCustomer): void {
    this.customersAt.set(at, customer);
  }

  /** The customer in whose answer a field stands. */
  customerAbove(path: Path): ResolvedCustomer {
    for (let at: Path | undefined = path; at !== undefined; at = at.prev) {
      const customer = this.customersAt.get(at);
      if (customer !== undefined) return customer;
    }
    throw new Error('a bound field was resolved outside of a customer');
  }

  /** Notes which source answered the field at a position. */
  placeSource(at: Path, source: string): void {
    this.sourcesAt.set(at, source);
  }

  /** The source whose record a field stands in. */
  sourceAbove(path: Path): string {
    for (let at: Path | undefined = path; at !== undefined; at = at.prev) {
      const source = this.sourcesAt.get(at);
      if (source !== undefined) return source;
    }
    throw new Error('a record was resolved outside of a source');
  }
}
