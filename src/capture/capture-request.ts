import { type Assurance, isProven } from '../model/assurance.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { HandoffTokens } from './handoff-token.ts';
import { type IdentifierFormat, type NormalizedIdentifier, normalizeIdentifier } from './normalize.ts';
import { RequestPlaces } from './request-places.ts';
import type { Touchpoints } from './touchpoints.ts';
import type { CookiePlace, VisitorCookie } from './visitor-cookie.ts';

/** What capture reads of a request, whatever protocol it came by. */
export interface CapturableRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the request's own URL. */
  readonly query: URLSearchParams;
  /** The page's address; for HTTP the `Referer`. */
  readonly pageUrl: string | undefined;
  /** The touchpoint's name, when one was recognised. */
  readonly touchpoint: string | null;
  /** The request's own touchpoint, whichever one it tells of: for which a handoff must be meant. */
  readonly audience: string | null;
  /** False only where the request came to localhost. */
  readonly secure: boolean;
  /** Whether the request came to http://localhost: browsers take no cookie with the prefix `__Host-` from there. */
  readonly isPlainLocalhost?: boolean;
  /** Whether its answer can set cookies: a socket can't. */
  readonly setsCookies: boolean;
  /** Whether a visitor without a cookie is given one: its touchpoint has visitors, and its answer can set cookies. */
  readonly startsVisitors: boolean;
  /** Whether a handoff is used up here: only where the site's own code asks. */
  readonly redeemsHandoffs: boolean;
  readonly viewer: Viewer;
}

export interface CapturedIdentifier extends Identifier {
  readonly assurance: Assurance;
  /** The rule it was read by, for example `cookie:cid`. */
  readonly source: string;
  /** An issued cookie without the prefix `__Host-`, where it is to have one: any host of the site can have set it. */
  readonly isUnprefixed?: true;
}

export interface Capture {
  /** At most one per identifier type, in the order of the configuration: strongest type first. */
  readonly identifiers: readonly CapturedIdentifier[];
  /** What a handoff brought, by the rules that read it. Whether that makes the browser its giver's is decided by who they are. */
  readonly handedOver: readonly CapturedIdentifier[];
  /** A visitor who has no cookie yet: becomes one with this `Set-Cookie` header. */
  readonly newVisitor: NewVisitor | null;
  /** Issued cookies that recognise nobody any more and under which something can still be stored (DESIGN, Capture 6). */
  readonly retired?: readonly CapturedIdentifier[];
  /** Rules whose token or cookie was there but forged, expired or malformed, or held a value that is too long: for counting. */
  readonly refused: readonly string[];
}

export interface NewVisitor {
  readonly identifier: Identifier;
  /** As a captured identifier names the rule it was read by. */
  readonly source: string;
  /** The header that makes the browser keep it. */
  readonly setCookie: string;
}

export interface CapturedType extends IdentifierFormat {
  readonly capture: readonly CaptureRule[];
}

/** What reading one request several times must do only once. */
export interface Memory {
  /** By token, what a handoff carried; null for one that proves nothing here. */
  readonly handoffs: Map<string, readonly Identifier[] | null>;
  /** The visitor that was started, by identifier type. */
  readonly visitors: Map<string, NewVisitor>;
  /** Whether the visitor was reset by this request: the cookies that came with it don't count any more. */
  isReset: boolean;
}

/** By token; null for one that proves nothing. */
type HandedOff = ReadonlyMap<string, readonly Identifier[] | null>;

const NOTHING_HANDED_OFF: HandedOff = new Map();
const NO_VALUES: readonly FoundValue[] = [];

/** Cookies of ours that are looked at on a request that resets its visitor: a browser sends one, or one for each path. */
const MAX_COOKIES = 10;

/** What stands where a rule looks. */
interface FoundValue {
  readonly text: string;
  /** Where it was found: an issued cookie is signed under its name. */
  readonly name: string;
  readonly isUnprefixed: boolean;
}

/** The rules of one identifier type, in the order in which they are tried. */
interface TypeRules {
  readonly type: string;
  readonly own: readonly CaptureRule[];
  readonly handoffs: readonly CaptureRule[];
}

/**
 * Under which identifiers something is stored for whoever made the request: what is proven. Where nothing is, the visitor
 * whom this request started, or a retired cookie, which stands beside other proof as well. A started visitor stands beside other proof only with a handoff, which is
 * used up here: a client that keeps no cookies would otherwise link a new one at each request. A claim counts for nothing.
 */
export function provenOf({ identifiers, newVisitor, retired = [] }: Capture): readonly (Identifier & { readonly source: string })[] {
  const proven = identifiers.filter(({ assurance }) => isProven(assurance));
  const started = newVisitor === null ? [] : [{ ...newVisitor.identifier, source: newVisitor.source }];
  if (proven.length === 0) return started.length > 0 ? started : retired;
  // A retired cookie links nothing; by it the store recognises what was stored under it before.
  return proven.some(isHandedOver) ? [...proven, ...started, ...retired] : [...proven, ...retired];
}

/** Whether a handoff brought it. */
export function isHandedOver({ source }: Pick<CapturedIdentifier, 'source'>): boolean {
  return source.startsWith('handoff:');
}

/** Whether it is a cookie that this gateway issued, and that proves something. */
export function isIssuedCookie({ source, assurance }: CapturedIdentifier): boolean {
  return source.startsWith('issuedCookie:') && isProven(assurance);
}

/** Reads identifiers off requests by the owner's rules: the first usable rule of a type wins, types stand side by side. */
export class RequestCapture {
  readonly #types: ReadonlyMap<string, CapturedType>;
  readonly #blocked: ReadonlySet<string>;
  readonly #touchpoints: Touchpoints;
  readonly #visitorCookie: VisitorCookie;
  readonly #handoffs: HandoffTokens;
  readonly #rules = new Map<string, readonly TypeRules[]>();

  constructor(
    types: ReadonlyMap<string, CapturedType>,
    blocked: ReadonlySet<string>,
    touchpoints: Touchpoints,
    visitorCookie: VisitorCookie,
    handoffs: HandoffTokens,
  ) {
    this.#types = types;
    this.#blocked = blocked;
    this.#touchpoints = touchpoints;
    this.#visitorCookie = visitorCookie;
    this.#handoffs = handoffs;
  }

  /**
   * At once, unless there is a handoff to redeem.
   * @param memory of earlier readings of the same request.
   */
  read(request: CapturableRequest, memory: Memory): Capture | Promise<Capture> {
    const places = new RequestPlaces(request);
    const tokens = this.#handoffTokens(request, places);
    if (tokens === null) return this.#read(request, memory, places, NOTHING_HANDED_OFF);
    return this.#redeem(tokens, request, memory).then((handedOff) => this.#read(request, memory, places, handedOff));
  }

  #read(request: CapturableRequest, memory: Memory, places: RequestPlaces, handedOff: HandedOff): Capture {
    const identifiers: CapturedIdentifier[] = [];
    const handedOver: CapturedIdentifier[] = [];
    const refused: string[] = [];
    let newVisitor: NewVisitor | null = null;

    for (const { type, own, handoffs } of this.#rulesFor(request)) {
      const rules = memory.isReset ? own.filter(({ kind }) => kind !== 'issuedCookie') : own;
      const found = this.#firstUsable(type, rules, request, places, handedOff, refused);
      const brought = handedOff.size === 0 ? null : this.#firstUsable(type, handoffs, request, places, handedOff, refused);
      if (found !== null) identifiers.push(found);
      if (brought !== null) handedOver.push(brought);
      // One who logs out is given a visitor anywhere, and what follows in the same operation is theirs.
      const isStarted = request.startsVisitors || (memory.isReset && memory.visitors.has(type));
      if (found === null && isStarted) newVisitor ??= this.#start(type, own, request, memory.visitors);
    }
    return { identifiers, handedOver, newVisitor, refused };
  }

  /**
   * For one who logs out: nobody's cookies, one for each rule that issues some. Where the touchpoint has no visitors, only in
   * place of cookies that the request brought. Empty without such a rule.
   */
  startAfresh(request: CapturableRequest): NewVisitor[] {
    const places = new RequestPlaces(request);
    return this.#rulesFor(request).flatMap(({ type, own }) => {
      const isWanted =
        request.startsVisitors || own.some((rule) => rule.kind === 'issuedCookie' && this.#valuesOf(rule, request, places).length > 0);
      return (isWanted && this.#start(type, own, request, new Map())) || [];
    });
  }

  /** The rules that could prove whose a request is, as they stand in the configuration: `bearerClaim("sub")`. */
  provingRules(request: CapturableRequest): string[] {
    const rules = this.#rulesFor(request).flatMap(({ own, handoffs }) => [...own, ...(request.redeemsHandoffs ? handoffs : [])]);
    const proving = rules.filter(({ assurance }) => isProven(assurance));
    return [...new Set(proving.map(({ kind, name }) => `${kind}(${JSON.stringify(name)})`))];
  }

  /** Every valid cookie of ours that a request carries, also where the rules prefer another identifier. At most ten. */
  issuedCookies(request: CapturableRequest): CapturedIdentifier[] {
    const places = new RequestPlaces(request);
    const found: CapturedIdentifier[] = [];
    for (const { type, own } of this.#rulesFor(request)) {
      for (const rule of own.filter(({ kind }) => kind === 'issuedCookie')) {
        for (const each of this.#valuesOf(rule, request, places)) {
          const cookie = this.#captured(rule, type, each, request, NOTHING_HANDED_OFF);
          if (cookie !== null && cookie !== 'refused' && found.length < MAX_COOKIES) found.push(cookie);
        }
      }
    }
    return found;
  }

  /**
   * What a cookie can be replaced by. The same for the same cookie, proof and generation.
   * @returns for each of the gateway's secrets one, the present one first.
   */
  successorsOf(cookie: CapturedIdentifier, proof: string, generation: number, request: CapturableRequest): NewVisitor[] {
    const rule = this.#issuingRule(cookie, request);
    if (rule === undefined) return [];
    return this.#visitorCookie
      .successorIds(`${cookie.type}:${cookie.value}`, proof, generation)
      .flatMap((id) => this.#visitor(cookie.type, rule, request, id) ?? []);
  }

  /** The first usable value of a cookie's type that is not passed over; handoffs are left out. */
  usableBut({ type }: CapturedIdentifier, passedOver: ReadonlySet<string>, request: CapturableRequest): CapturedIdentifier | null {
    const places = new RequestPlaces(request);
    for (const rule of this.#rulesFor(request).find((rules) => rules.type === type)?.own ?? []) {
      for (const found of this.#valuesOf(rule, request, places)) {
        const captured = this.#captured(rule, type, found, request, NOTHING_HANDED_OFF);
        if (captured !== null && captured !== 'refused' && !passedOver.has(captured.value)) return captured;
      }
    }
    return null;
  }

  /** The visitor who is started where a cookie counts as none. */
  startInPlaceOf({ type }: CapturedIdentifier, request: CapturableRequest, { visitors }: Memory): NewVisitor | null {
    const own = this.#rulesFor(request).find((rules) => rules.type === type)?.own ?? [];
    return request.startsVisitors ? this.#start(type, own, request, visitors) : null;
  }

  #issuingRule({ type, source }: CapturedIdentifier, request: CapturableRequest): CaptureRule | undefined {
    return this.#rulesFor(request)
      .find((rules) => rules.type === type)
      ?.own.find((rule) => sourceOf(rule) === source);
  }

  /** The same for all requests of a touchpoint and a role, so put together once. */
  #rulesFor({ touchpoint, viewer: { role } }: CapturableRequest): readonly TypeRules[] {
    const place = `${role} ${touchpoint ?? ''}`;
    let rules = this.#rules.get(place);
    if (rules === undefined) {
      rules = [...this.#types].map(([type, { capture }]) => {
        const usable = [...this.#touchpoints.rulesOf(touchpoint, type), ...capture].filter(({ from }) => from.includes(role));
        return { type, own: usable.filter((rule) => !isHandoff(rule)), handoffs: usable.filter(isHandoff) };
      });
      this.#rules.set(place, rules);
    }
    return rules;
  }

  #firstUsable(
    type: string,
    rules: readonly CaptureRule[],
    request: CapturableRequest,
    places: RequestPlaces,
    handedOff: HandedOff,
    refused: string[],
  ): CapturedIdentifier | null {
    for (const rule of rules) {
      let isRefused = false;
      for (const found of this.#valuesOf(rule, request, places)) {
        const captured = this.#captured(rule, type, found, request, handedOff);
        if (captured === 'refused') isRefused = true;
        else if (captured !== null) return captured;
      }
      if (isRefused) refused.push(sourceOf(rule));
    }
    return null;
  }

  /** @returns null for a value that names nobody; `refused` for one that proves nothing and is counted. */
  #captured(
    rule: CaptureRule,
    type: string,
    found: FoundValue,
    { viewer }: CapturableRequest,
    handedOff: HandedOff,
  ): CapturedIdentifier | 'refused' | null {
    const value = this.#open(rule, type, found, handedOff);
    if (value === null) return isWorthless(rule, found.text, handedOff) ? 'refused' : null;
    const normalized = this.#normalize(rule, type, value, this.#types.get(type) as CapturedType);
    if (!normalized.ok) return normalized.isTooLong === true ? 'refused' : null;
    const captured = { ...normalized.identifier, assurance: assuranceOf(rule, viewer), source: sourceOf(rule) };
    return found.isUnprefixed ? { ...captured, isUnprefixed: true } : captured;
  }

  /** In the order in which they are tried. Of an issued cookie, the name that it is to have comes first. */
  #valuesOf(rule: CaptureRule, request: CapturableRequest, places: RequestPlaces): readonly FoundValue[] {
    if (rule.kind !== 'issuedCookie') {
      const found = places.find(rule);
      return found.length === 0 ? NO_VALUES : found.map((text) => ({ text, name: rule.name, isUnprefixed: false }));
    }
    const name = this.#visitorCookie.nameIn(placeOf(rule, request));
    const named = places.find({ ...rule, name }).map((text) => ({ text, name, isUnprefixed: false }));
    if (name === rule.name) return named;
    return [...named, ...places.find(rule).map((text) => ({ text, name: rule.name, isUnprefixed: true }))];
  }

  #start(type: string, rules: readonly CaptureRule[], request: CapturableRequest, visitors: Memory['visitors']): NewVisitor | null {
    const issuing = rules.find(({ kind }) => kind === 'issuedCookie');
    const known = visitors.get(type);
    if (issuing === undefined || known !== undefined) return known ?? null;
    const visitor = this.#visitor(type, issuing, request);
    if (visitor !== null) visitors.set(type, visitor);
    return visitor;
  }

  /** @param id a random one when left out. */
  #visitor(type: string, rule: CaptureRule, request: CapturableRequest, id?: string): NewVisitor | null {
    const { visitorId, setCookie } = this.#visitorCookie.issue(placeOf(rule, request), id);
    const normalized = normalizeIdentifier(type, visitorId, this.#types.get(type) as CapturedType, this.#blocked);
    return normalized.ok ? { identifier: normalized.identifier, setCookie, source: sourceOf(rule) } : null;
  }

  /** What a handoff carries was normalised, and hashed where it has to be, before it was signed. */
  #normalize(rule: CaptureRule, type: string, value: string, settings: CapturedType): NormalizedIdentifier {
    return rule.kind === 'handoff' ? { ok: true, identifier: { type, value } } : normalizeIdentifier(type, value, settings, this.#blocked);
  }

  /** For each parameter that a rule looks into, its tokens in order. */
  #handoffTokens(request: CapturableRequest, places: RequestPlaces): ReadonlyMap<string, readonly string[]> | null {
    let tokens: Map<string, readonly string[]> | null = null;
    if (!request.redeemsHandoffs) return tokens;
    for (const { handoffs } of this.#rulesFor(request)) {
      for (const rule of handoffs) {
        const found = places.find(rule);
        if (found.length > 0) tokens = (tokens ?? new Map()).set(rule.name, found);
      }
    }
    return tokens;
  }

  /**
   * Each token once per request, however many identifier types it serves: it is used up by reading. What stands behind a
   * token that is good is left alone.
   */
  async #redeem(tokens: ReadonlyMap<string, readonly string[]>, request: CapturableRequest, { handoffs }: Memory): Promise<HandedOff> {
    const redeemed = new Map<string, readonly Identifier[] | null>();
    for (const found of tokens.values()) {
      for (const token of found) {
        if (!handoffs.has(token)) handoffs.set(token, await this.#handoffs.redeem(token, request.audience));
        const carried = handoffs.get(token) ?? null;
        redeemed.set(token, carried);
        if (carried !== null) break;
      }
    }
    return redeemed;
  }

  /** The value inside what was found; null when that is a token or cookie which proves nothing. */
  #open(rule: CaptureRule, type: string, { text, name }: FoundValue, handedOff: HandedOff): string | null {
    switch (rule.kind) {
      case 'issuedCookie':
        return this.#visitorCookie.read(name, text);
      case 'handoff':
        return handedOff.get(text)?.find((identifier) => identifier.type === type)?.value ?? null;
      default:
        return text;
    }
  }
}

function isHandoff({ kind }: CaptureRule): boolean {
  return kind === 'handoff';
}

/** A token that carries nothing of the type, and one that was not looked into, are not refused. */
function isWorthless(rule: CaptureRule, found: string, handedOff: HandedOff): boolean {
  return !isHandoff(rule) || handedOff.get(found) === null;
}

/** Claims of a person's reachability, which say in another one whether the issuer has verified it (OpenID Connect Core, section 5.1). */
const VERIFIED_BY: ReadonlyMap<string, string> = new Map([
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
]);

/**
 * What a rule proves on this request. An address that the token's issuer has not verified may be anybody's, so it is
 * CLAIMED, unless the rule says that its issuer verifies all. OpenID Connect has a boolean there; Apple and Amazon Cognito
 * also write it as a text.
 */
function assuranceOf({ kind, name, assurance, verified }: CaptureRule, { claims }: Viewer): Assurance {
  const by = kind === 'bearerClaim' && verified !== 'always' ? VERIFIED_BY.get(name) : undefined;
  if (by === undefined || !isProven(assurance)) return assurance;
  return claims[by] === true || claims[by] === 'true' ? assurance : 'CLAIMED';
}

function placeOf({ name, domain }: CaptureRule, { secure, isPlainLocalhost = false }: CapturableRequest): CookiePlace {
  return { name, domain, secure, isPlainLocalhost };
}

function sourceOf({ kind, name }: CaptureRule): string {
  return `${kind}:${name}`;
}
