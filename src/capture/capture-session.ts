import type { Evidence } from '../model/evidence.ts';
import type { CapturableRequest, Capture, CaptureMemory, NewVisitor } from './capture.ts';
import type { RequestCapture } from './capture-request.ts';
import type { PageParameters } from './page-parameters.ts';

/** Where an interaction happened: its page and its touchpoint. */
export interface CaptureScope {
  readonly pageUrl: string | undefined;
  readonly touchpoint: string | null;
}

export interface CaptureEffects {
  /** A visitor without a cookie becomes one with this `Set-Cookie` header. */
  setCookie(header: string): void;
  /** A token or cookie was there and proves nothing. */
  onRefused(rule: string): void;
  /** Decides what a handoff means for the request's customer. */
  acceptHandoff(capture: Capture): Promise<Capture>;
  /** Decides which of the request's issued cookies count; at once, where they are known to be its customer's. */
  settleCookies(capture: Capture, issuer: () => CookieIssuer): Capture | Promise<Capture>;
  /** Replaces a cookie by one that stands for nobody. */
  resetCookie(cookie: Evidence, successor: NewVisitor): Promise<void>;
}

/** How cookies are set on one request. */
export interface CookieIssuer {
  /** False where no cookie can be set: on a socket. */
  readonly canSet: boolean;
  /**
   * What a cookie can be replaced by, the same on every replica: one for each of the gateway's secrets, the present one first.
   * @param generation 0 at first; the next one where the successor was used up before and the cookie forgotten.
   */
  successorsOf(cookie: Evidence, proof: string, generation: number): readonly NewVisitor[];
  /** The first usable value of the cookie's type that is not among those that count as none. */
  usableBut(cookie: Evidence, passedOver: ReadonlySet<string>): Evidence | null;
  /** The visitor who is started where a cookie counts as none; null where none is. */
  startInsteadOf(cookie: Evidence): NewVisitor | null;
  setCookie(visitor: NewVisitor): void;
}

/** The assurance of a cookie that was just set. */
const RECOGNIZED = 'RECOGNIZED' as const;

/** Makes its maps when they are first needed: most requests need none. */
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
 * Everything that is read off one request: the request itself, and the pages that its interactions name. Each scope is
 * read once, a handoff is used up once, and a visitor without a cookie is the same one in every scope.
 */
export class CaptureSession {
  readonly request: CapturableRequest;
  /** Identifiers that came with the request, read off it or given as arguments, for keeping them out of the log. */
  readonly seenValues: string[] = [];
  /** Cookies with which a connection was opened that stays open: it ends when one of them is replaced. */
  watched: readonly Evidence[] = [];
  readonly #capture: RequestCapture;
  readonly #parameters: PageParameters;
  readonly #effects: CaptureEffects;
  readonly #memory = new SessionMemory();
  #own: Capture | Promise<Capture> | undefined;
  #scopes: Map<string, Capture | Promise<Capture>> | undefined;
  /** By `Set-Cookie` header. */
  #cookiesSet: Map<string, NewVisitor> | undefined;

  constructor(request: CapturableRequest, capture: RequestCapture, parameters: PageParameters, effects: CaptureEffects) {
    this.request = request;
    this.#capture = capture;
    this.#parameters = parameters;
    this.#effects = effects;
  }

  /** @param scope the request's own when left out. */
  read(scope?: CaptureScope): Capture | Promise<Capture> {
    // Most requests have no other scope than their own, which needs no key.
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

  /** The rules that could prove whose an interaction of this scope is, as they stand in the configuration. */
  provingRules(scope: CaptureScope): readonly string[] {
    return this.#capture.provingRules({ ...this.request, ...scope });
  }

  /** The cookies of ours that came with the request. */
  issuedCookies(): Evidence[] {
    return this.#capture.issuedCookies(this.request);
  }

  /**
   * Starts a visitor without a past, for a customer who logs out, and sets its cookies. The cookies that came with the request
   * recognise nobody from then on, on any device. Null where no rule issues cookies.
   */
  async startAfresh(): Promise<NewVisitor | null> {
    const visitors = this.#capture.startAfresh(this.request);
    // Also the cookies that an earlier field of the same operation has set.
    const given = [...(this.#cookiesSet?.values() ?? [])].map(({ identifier, origin }) => ({
      ...identifier,
      assurance: RECOGNIZED,
      origin,
    }));
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
    const settled = this.#effects.settleCookies(read, () => this.#issuerFor(request));
    if (read.handedOver.length > 0) return this.#takeHandoff(settled, request);
    return settled instanceof Promise ? settled.then((capture) => this.#counted(capture)) : this.#counted(settled);
  }

  /** Settles cookies once more, because what the handoff proves may not be the customer of the request's cookie. */
  async #takeHandoff(settled: Capture | Promise<Capture>, request: CapturableRequest): Promise<Capture> {
    const accepted = await this.#effects.acceptHandoff(await settled);
    return this.#counted(await this.#effects.settleCookies(accepted, () => this.#issuerFor(request)));
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
