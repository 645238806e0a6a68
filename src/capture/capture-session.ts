import type { Evidence } from '../model/evidence.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CapturableRequest, Capture, CaptureMemory, NewVisitor } from './capture.ts';
import type { RequestCapture } from './capture-request.ts';
import type { PageParameters } from './page-parameters.ts';

/** Page and touchpoint of an interaction. */
export interface CaptureScope {
  readonly pageUrl: string | undefined;
  readonly touchpoint: string | null;
}

export interface CaptureEffects {
  /** Adds a `Set-Cookie` header to the answer. */
  setCookie(header: string): void;
  /** Called for each token or cookie that proves nothing. @param rule its origin. */
  onRefused(rule: string): void;
  /** Decides who the customer of a request with a handoff is. */
  acceptHandoff(capture: Capture, viewer: Viewer): Promise<Capture>;
  /** Decides which of the request's issued cookies count. Synchronous when they are known to belong to its customer. */
  settleCookies(capture: Capture, issuer: () => CookieIssuer): Capture | Promise<Capture>;
  /** Replaces a cookie by one of a new visitor. */
  resetCookie(cookie: Evidence, successor: NewVisitor): Promise<void>;
}

/** How cookies are set on one request. */
export interface CookieIssuer {
  /** False on a socket. */
  readonly canSet: boolean;
  /**
   * The possible successors of a cookie, the same on every replica: one for each of the gateway's secrets, the present secret's first.
   * @param generation 0 at first; the next one when the successor was retired itself, and the store forgot the cookie.
   */
  successorsOf(cookie: Evidence, proof: string, generation: number): readonly NewVisitor[];
  /** The first usable value of the cookie's type, without those in `passedOver`. */
  usableBut(cookie: Evidence, passedOver: ReadonlySet<string>): Evidence | null;
  /** The visitor who is started instead of a cookie that does not count; null when the touchpoint has no visitors. */
  startInsteadOf(cookie: Evidence): NewVisitor | null;
  setCookie(visitor: NewVisitor): void;
}

/** Makes its maps when they are needed, because most requests need none. */
class SessionMemory implements CaptureMemory {
  isReset = false;
  #handoffs: CaptureMemory['handoffs'] | undefined;
  #visitors: CaptureMemory['visitors'] | undefined;

  get handoffs(): CaptureMemory['handoffs'] {
    this.#handoffs ??= new Map();
    return this.#handoffs;
  }

  get visitors(): CaptureMemory['visitors'] {
    this.#visitors ??= new Map();
    return this.#visitors;
  }
}

/**
 * Reads identifiers from one request, and from the pages of its interactions. Each scope is read once, a handoff is used up
 * once, and a started visitor is the same in every scope.
 */
export class CaptureSession {
  readonly request: CapturableRequest;
  /** Values of identifiers that were read from the request or given as arguments, to hide them in the log. */
  readonly seenValues: string[] = [];
  /** Cookies of a long-lived connection, which ends when one of them is replaced. */
  watched: readonly Evidence[] = [];
  readonly #capture: RequestCapture;
  readonly #parameters: PageParameters;
  readonly #effects: CaptureEffects;
  readonly #memory = new SessionMemory();
  #own: Capture | Promise<Capture> | undefined;
  #scopes: Map<string, Capture | Promise<Capture>> | undefined;
  /** By `Set-Cookie` header: the visitors whose cookies were set. */
  #cookiesSet: Map<string, NewVisitor> | undefined;

  constructor(request: CapturableRequest, capture: RequestCapture, parameters: PageParameters, effects: CaptureEffects) {
    this.request = request;
    this.#capture = capture;
    this.#parameters = parameters;
    this.#effects = effects;
  }

  /** The identifiers of a scope. @param scope left out for the request itself. */
  read(scope?: CaptureScope): Capture | Promise<Capture> {
    // Most requests have only their own scope, so it needs no key.
    if (scope === undefined || (scope.pageUrl === this.request.pageUrl && scope.touchpoint === this.request.touchpoint)) {
      this.#own ??= this.#read(this.request);
      return this.#own;
    }
    const key = JSON.stringify([scope.touchpoint, this.#parameters.readIn(scope.pageUrl)]);
    this.#scopes ??= new Map();
    let capture = this.#scopes.get(key);
    if (capture === undefined) {
      capture = this.#read({ ...this.request, ...scope });
      this.#scopes.set(key, capture);
    }
    return capture;
  }

  /** The rules that could prove the customer of an interaction of this scope, as they are in the configuration. */
  provingRules(scope: CaptureScope): readonly string[] {
    return this.#capture.provingRules({ ...this.request, ...scope });
  }

  /** The issued cookies of the request. */
  issuedCookies(): Evidence[] {
    return this.#capture.issuedCookies(this.request);
  }

  /**
   * Starts a new visitor for a customer who logs out, and sets its cookies. The cookies of the request recognise nobody from
   * then on, on any device. @returns null when no rule issues cookies.
   */
  async startAfresh(): Promise<NewVisitor | null> {
    const visitors = this.#capture.startAfresh(this.request);
    // Cookies that an earlier field of the same operation has set.
    const given = [...(this.#cookiesSet?.values() ?? [])].map(
      ({ identifier, origin }): Evidence => ({ ...identifier, assurance: 'RECOGNIZED', origin }),
    );
    for (const cookie of [...this.issuedCookies(), ...given]) {
      const successor = visitors.find(({ identifier }) => identifier.type === cookie.type);
      if (successor !== undefined) await this.#effects.resetCookie(cookie, successor);
    }
    this.#memory.isReset = true;
    for (const visitor of visitors) this.#memory.visitors.set(visitor.identifier.type, visitor);
    this.#own = undefined;
    this.#scopes = undefined;
    for (const visitor of visitors) this.#setCookie(visitor);
    return visitors[0] ?? null;
  }

  #read(request: CapturableRequest): Capture | Promise<Capture> {
    const read = this.#capture.read(request, this.#memory);
    return read instanceof Promise ? read.then((capture) => this.#take(capture, request)) : this.#take(read, request);
  }

  #take(read: Capture, request: CapturableRequest): Capture | Promise<Capture> {
    for (const { value } of read.identifiers) this.seenValues.push(value);
    for (const { value } of read.handedOver) this.seenValues.push(value);
    if (read.newVisitor !== null) this.#setCookie(read.newVisitor);
    const settled = this.#settle(read, request);
    if (read.handedOver.length > 0) return this.#takeHandoff(settled, request);
    return settled instanceof Promise ? settled.then((capture) => this.#counted(capture)) : this.#counted(settled);
  }

  /** Settles cookies once more, because the handoff may prove another customer than the cookie. */
  async #takeHandoff(settled: Capture | Promise<Capture>, request: CapturableRequest): Promise<Capture> {
    const accepted = await this.#effects.acceptHandoff(await settled, request.viewer);
    return this.#counted(await this.#settle(accepted, request));
  }

  /**
   * A cookie is replaced by one of the person whom the request proves, and then recognises that person. So it is left as it is for an
   * agent who must confirm: on their request, the person is the caller, and the cookie is of the agent's own browser.
   */
  #settle(read: Capture, request: CapturableRequest): Capture | Promise<Capture> {
    if (request.viewer.mustConfirm === true) return read;
    return this.#effects.settleCookies(read, () => this.#issuerFor(request));
  }

  #issuerFor(request: CapturableRequest): CookieIssuer {
    return {
      canSet: request.setsCookies,
      successorsOf: (cookie, proof, generation) => this.#capture.successorsOf(cookie, proof, generation, request),
      usableBut: (cookie, passedOver) => this.#capture.usableBut(cookie, passedOver, request),
      startInsteadOf: (cookie) => this.#capture.startInsteadOf(cookie, request, this.#memory),
      setCookie: (visitor) => this.#setCookie(visitor),
    };
  }

  #setCookie(visitor: NewVisitor): void {
    if (this.#cookiesSet?.has(visitor.setCookie)) return;
    this.#cookiesSet ??= new Map();
    this.#cookiesSet.set(visitor.setCookie, visitor);
    this.seenValues.push(visitor.identifier.value);
    this.#effects.setCookie(visitor.setCookie);
  }

  #counted(capture: Capture): Capture {
    for (const rule of capture.refused) this.#effects.onRefused(rule);
    return capture;
  }
}
