import type { CapturableRequest, Capture, Memory, NewVisitor, RequestCapture } from './capture-request.ts';
import type { PageParameters } from './page-parameters.ts';

/** What a request's interactions say of where they happened, each its own. */
export interface CapturePlace {
  readonly pageUrl: string | undefined;
  readonly touchpoint: string | null;
}

export interface CaptureEffects {
  /** A visitor without a cookie becomes one with this `Set-Cookie` header. */
  setCookie(header: string): void;
  /** A token or cookie was there and proves nothing. */
  onRefused(rule: string): void;
  /** What becomes of a handoff: who the request's customer is by it. */
  acceptHandoff(capture: Capture): Promise<Capture>;
}

/** Most requests have nothing to be remembered. */
class SessionMemory implements Memory {
  #handoffs: Memory['handoffs'] | undefined;
  #visitors: Memory['visitors'] | undefined;

  get handoffs(): Memory['handoffs'] {
    this.#handoffs ??= new Map();
    return this.#handoffs;
  }

  get visitors(): Memory['visitors'] {
    this.#visitors ??= new Map();
    return this.#visitors;
  }
}

/**
 * Everything that is read off one request: the request itself, and the pages that its interactions name. Each place is
 * read once, a handoff is used up once, and the visitor without a cookie is one, wherever they were.
 */
export class CaptureSession {
  readonly request: CapturableRequest;
  /** Identifiers that came with the request, read off it or given as arguments, for keeping them out of the log. */
  readonly seenValues: string[] = [];
  readonly #capture: RequestCapture;
  readonly #parameters: PageParameters;
  readonly #effects: CaptureEffects;
  readonly #memory = new SessionMemory();
  #own: Capture | Promise<Capture> | undefined;
  #places: Map<string, Capture | Promise<Capture>> | undefined;
  #cookiesSet: Set<string> | undefined;

  constructor(request: CapturableRequest, capture: RequestCapture, parameters: PageParameters, effects: CaptureEffects) {
    this.request = request;
    this.#capture = capture;
    this.#parameters = parameters;
    this.#effects = effects;
  }

  /** @param place the request's own when left out. */
  read(place?: CapturePlace): Capture | Promise<Capture> {
    // Most requests are read at their own place only, which needs no name.
    if (place === undefined || (place.pageUrl === this.request.pageUrl && place.touchpoint === this.request.touchpoint)) {
      this.#own ??= this.#read(this.request);
      return this.#own;
    }
    const key = JSON.stringify([place.touchpoint, this.#parameters.readIn(place.pageUrl)]);
    this.#places ??= new Map();
    let capture = this.#places.get(key);
    if (capture === undefined) {
      capture = this.#read({ ...this.request, ...place });
      this.#places.set(key, capture);
    }
    return capture;
  }

  /** The rules that could prove whose what happens at a place is, as they stand in the configuration. */
  provingRules(place: CapturePlace): readonly string[] {
    return this.#capture.provingRules({ ...this.request, ...place });
  }

  /** For one who logs out: a visitor without a past, whose cookies go out. Null where no rule issues any. */
  startAfresh(): NewVisitor | null {
    const visitors = this.#capture.startAfresh(this.request);
    for (const { setCookie } of visitors) this.#effects.setCookie(setCookie);
    return visitors[0] ?? null;
  }

  #read(request: CapturableRequest): Capture | Promise<Capture> {
    const read = this.#capture.read(request, this.#memory);
    return read instanceof Promise ? read.then((capture) => this.#take(capture)) : this.#take(read);
  }

  #take(read: Capture): Capture | Promise<Capture> {
    for (const { value } of read.identifiers) this.seenValues.push(value);
    for (const { value } of read.handedOver) this.seenValues.push(value);
    const { newVisitor } = read;
    if (newVisitor !== null && !this.#cookiesSet?.has(newVisitor.setCookie)) {
      this.#cookiesSet ??= new Set();
      this.#cookiesSet.add(newVisitor.setCookie);
      this.#effects.setCookie(newVisitor.setCookie);
    }
    if (read.handedOver.length > 0) return this.#effects.acceptHandoff(read).then((capture) => this.#counted(capture));
    return this.#counted(read);
  }

  #counted(capture: Capture): Capture {
    for (const rule of capture.refused) this.#effects.onRefused(rule);
    return capture;
  }
}
