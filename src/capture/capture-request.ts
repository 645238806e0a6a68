import { type Assurance, isProven } from '../model/assurance.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { HandoffTokens } from './handoff-token.ts';
import { type IdentifierFormat, type NormalizedIdentifier, normalizeIdentifier } from './normalize.ts';
import { RequestPlaces } from './request-places.ts';
import type { Touchpoints } from './touchpoints.ts';
import type { VisitorCookie } from './visitor-cookie.ts';

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
}

export interface Capture {
  /** At most one per identifier type, in the order of the configuration: strongest type first. */
  readonly identifiers: readonly CapturedIdentifier[];
  /** What a handoff brought, by the rules that read it. Whether that makes the browser its giver's is decided by who they are. */
  readonly handedOver: readonly CapturedIdentifier[];
  /** A visitor who has no cookie yet: becomes one with this `Set-Cookie` header. */
  readonly newVisitor: NewVisitor | null;
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
}

/** By token; null for one that proves nothing. */
type HandedOff = ReadonlyMap<string, readonly Identifier[] | null>;

const NOTHING_HANDED_OFF: HandedOff = new Map();

/** The rules of one identifier type, in the order in which they are tried. */
interface TypeRules {
  readonly type: string;
  readonly own: readonly CaptureRule[];
  readonly handoffs: readonly CaptureRule[];
}

/**
 * What can be written for whoever made the request: what is proven, and the visitor who has just begun. A claim is none
 * of it.
 */
export function provenOf({ identifiers, newVisitor }: Capture): readonly (Identifier & { readonly source: string })[] {
  const proven = identifiers.filter(({ assurance }) => isProven(assurance));
  return newVisitor === null ? proven : [...proven, { ...newVisitor.identifier, source: newVisitor.source }];
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
      const found = this.#firstUsable(type, own, request, places, handedOff, refused);
      const brought = handedOff.size === 0 ? null : this.#firstUsable(type, handoffs, request, places, handedOff, refused);
      if (found !== null) identifiers.push(found);
      if (brought !== null) handedOver.push(brought);
      if (found === null && request.startsVisitors) newVisitor ??= this.#start(type, own, request, memory.visitors);
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
      const isWanted = request.startsVisitors || own.some((rule) => rule.kind === 'issuedCookie' && places.find(rule).length > 0);
      return (isWanted && this.#start(type, own, request, new Map())) || [];
    });
  }

  /** The rules that could prove whose a request is, as they stand in the configuration: `bearerClaim("sub")`. */
  provingRules(request: CapturableRequest): string[] {
    const rules = this.#rulesFor(request).flatMap(({ own, handoffs }) => [...own, ...(request.redeemsHandoffs ? handoffs : [])]);
    const proving = rules.filter(({ assurance }) => isProven(assurance));
    return [...new Set(proving.map(({ kind, name }) => `${kind}(${JSON.stringify(name)})`))];
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
    { viewer }: CapturableRequest,
    places: RequestPlaces,
    handedOff: HandedOff,
    refused: string[],
  ): CapturedIdentifier | null {
    const settings = this.#types.get(type) as CapturedType;
    for (const rule of rules) {
      const values = places.find(rule);
      let isRefused = false;
      for (const found of values) {
        const value = this.#open(rule, type, found, handedOff);
        const normalized = value === null ? null : this.#normalize(rule, type, value, settings);
        if (normalized?.ok) return { ...normalized.identifier, assurance: assuranceOf(rule, viewer), source: sourceOf(rule) };
        isRefused ||= normalized === null ? isWorthless(rule, found, handedOff) : normalized.isTooLong === true;
      }
      if (isRefused) refused.push(sourceOf(rule));
    }
    return null;
  }

  #start(type: string, rules: readonly CaptureRule[], request: CapturableRequest, visitors: Memory['visitors']): NewVisitor | null {
    const issuing = rules.find(({ kind }) => kind === 'issuedCookie');
    const known = visitors.get(type);
    if (issuing === undefined || known !== undefined) return known ?? null;
    const { visitorId, setCookie } = this.#visitorCookie.issue(issuing.name, request.secure);
    const normalized = normalizeIdentifier(type, visitorId, this.#types.get(type) as CapturedType, this.#blocked);
    if (!normalized.ok) return null;
    const visitor = { identifier: normalized.identifier, setCookie, source: sourceOf(issuing) };
    visitors.set(type, visitor);
    return visitor;
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
  #open(rule: CaptureRule, type: string, found: string, handedOff: HandedOff): string | null {
    switch (rule.kind) {
      case 'issuedCookie':
        return this.#visitorCookie.read(rule.name, found);
      case 'handoff':
        return handedOff.get(found)?.find((identifier) => identifier.type === type)?.value ?? null;
      default:
        return found;
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

function sourceOf({ kind, name }: CaptureRule): string {
  return `${kind}:${name}`;
}
