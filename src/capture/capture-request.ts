import type { Evidence } from '../model/evidence.ts';
import type { CapturableRequest, Capture, CapturedType, CaptureMemory, NewVisitor } from './capture.ts';
import type { HandoffTokens } from './handoff-token.ts';
import { type Normalize, normalizeIdentifier } from './normalize.ts';
import { handoffTokensOn, NO_HANDOFFS, redeemHandoffs } from './redeem-handoffs.ts';
import { RequestReader } from './request-reader.ts';
import { RuleTable } from './rule-table.ts';
import type { Touchpoints } from './touchpoints.ts';
import { type Reading, ValueReader } from './value-reader.ts';
import type { VisitorCookie } from './visitor-cookie.ts';
import { VisitorStarts } from './visitor-starts.ts';

/** Issued cookies that a log-out retires, at most: a browser sends one, or one for each path. */
const MAX_COOKIES = 10;

/** Reads identifiers from requests by the owner's capture rules: for each type, the first rule with a usable value. */
export class RequestCapture {
  readonly #rules: RuleTable;
  readonly #values: ValueReader;
  readonly #visitors: VisitorStarts;
  readonly #handoffs: HandoffTokens;

  constructor(
    types: ReadonlyMap<string, CapturedType>,
    blocked: ReadonlySet<string>,
    touchpoints: Touchpoints,
    visitorCookie: VisitorCookie,
    handoffs: HandoffTokens,
  ) {
    this.#rules = new RuleTable(types, touchpoints);
    const normalize: Normalize = (type, value) => normalizeIdentifier(type, value, types.get(type) as CapturedType, blocked);
    this.#values = new ValueReader(normalize, visitorCookie);
    this.#visitors = new VisitorStarts(normalize, visitorCookie);
    this.#handoffs = handoffs;
  }

  /**
   * Synchronous, unless there is a handoff to redeem.
   * @param memory shared by all readings of the same request.
   */
  read(request: CapturableRequest, memory: CaptureMemory): Capture | Promise<Capture> {
    const reader = new RequestReader(request);
    const tokens = handoffTokensOn(request, this.#rules.for(request), reader);
    if (tokens === null) return this.#read({ request, reader, handoffs: NO_HANDOFFS }, memory);
    return redeemHandoffs(this.#handoffs, tokens, request, memory).then((handoffs) => this.#read({ request, reader, handoffs }, memory));
  }

  #read(reading: Reading, memory: CaptureMemory): Capture {
    const { request, handoffs: redeemed } = reading;
    const identifiers: Evidence[] = [];
    const handedOver: Evidence[] = [];
    const refused: string[] = [];
    let newVisitor: NewVisitor | null = null;

    for (const { type, own, handoffs } of this.#rules.for(request)) {
      const rules = memory.isReset ? own.filter(({ kind }) => kind !== 'issuedCookie') : own;
      const found = this.#values.first(type, rules, reading, refused);
      const brought = redeemed.size === 0 ? null : this.#values.first(type, handoffs, reading, refused);
      if (found !== null) identifiers.push(found);
      if (brought !== null) handedOver.push(brought);
      // After a log-out, the new visitor is the customer of later fields of the operation, at any touchpoint.
      const isStarted = request.startsVisitors || (memory.isReset && memory.visitors.has(type));
      if (found === null && isStarted) newVisitor ??= this.#visitors.start(type, own, request, memory.visitors);
    }
    return { identifiers, handedOver, newVisitor, refused };
  }

  /**
   * The first usable value of each type on a request. Nothing comes of this reading: no handoff is used up, no visitor is
   * started, and nothing is counted as refused.
   */
  present(request: CapturableRequest): Evidence[] {
    const reading = plainReading(request);
    return this.#rules.for(request).flatMap(({ type, own }) => this.#values.first(type, own, reading, []) ?? []);
  }

  /**
   * New visitors for a customer who logs out, one for each type whose rules issue cookies. At a touchpoint without visitors,
   * only for types of which the request has a cookie.
   */
  startAfresh(request: CapturableRequest): NewVisitor[] {
    const reading = plainReading(request);
    return this.#rules.for(request).flatMap(({ type, own }) => {
      const isWanted = request.startsVisitors || own.some((rule) => rule.kind === 'issuedCookie' && this.#values.finds(rule, reading));
      return (isWanted && this.#visitors.start(type, own, request)) || [];
    });
  }

  /** The rules that could prove the customer of a request, as they are in the configuration: `bearerClaim("sub")`. */
  provingRules(request: CapturableRequest): string[] {
    return this.#rules.proving(request);
  }

  /** Every valid cookie of ours that a request carries, also where the rules prefer another identifier. At most ten. */
  issuedCookies(request: CapturableRequest): Evidence[] {
    const reading = plainReading(request);
    const found: Evidence[] = [];
    for (const { type, own } of this.#rules.for(request)) {
      const issuing = own.filter(({ kind }) => kind === 'issuedCookie');
      for (const cookie of this.#values.all(type, issuing, reading)) if (found.length < MAX_COOKIES) found.push(cookie);
    }
    return found;
  }

  /**
   * The possible successors of a cookie; the same for the same cookie, proof and generation.
   * @returns one for each of the gateway's secrets, the present secret's first.
   */
  successorsOf(cookie: Evidence, proof: string, generation: number, request: CapturableRequest): NewVisitor[] {
    return this.#visitors.successorsOf(cookie, this.#rules.ownOf(cookie.type, request), proof, generation, request);
  }

  /** The first usable value of a cookie's type, without handoffs and those in `passedOver`. */
  usableBut({ type }: Evidence, passedOver: ReadonlySet<string>, request: CapturableRequest): Evidence | null {
    const usable = this.#values.all(type, this.#rules.ownOf(type, request), plainReading(request));
    for (const evidence of usable) if (!passedOver.has(evidence.value)) return evidence;
    return null;
  }

  /** The visitor who is started instead of a cookie that does not count; null when the touchpoint has no visitors. */
  startInsteadOf({ type }: Evidence, request: CapturableRequest, { visitors }: CaptureMemory): NewVisitor | null {
    return request.startsVisitors ? this.#visitors.start(type, this.#rules.ownOf(type, request), request, visitors) : null;
  }
}

/** Reads a request without its handoffs. */
function plainReading(request: CapturableRequest): Reading {
  return { request, reader: new RequestReader(request), handoffs: NO_HANDOFFS };
}
