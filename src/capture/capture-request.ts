import { parseCookie } from 'cookie';
import type { Assurance } from '../model/assurance.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { HandoffTokens } from './handoff-token.ts';
import { type IdentifierFormat, type NormalizedIdentifier, normalizeIdentifier } from './normalize.ts';
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
  /** False only where the request came to localhost. */
  readonly secure: boolean;
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
  /** A visitor who has no cookie yet: becomes one with this `Set-Cookie` header. */
  readonly newVisitor: NewVisitor | null;
  /** Rules whose token or cookie was there but forged, expired or malformed: for counting. */
  readonly refused: readonly string[];
}

export interface NewVisitor {
  readonly identifier: Identifier;
  /** The header that makes the browser keep it. */
  readonly setCookie: string;
}

export interface CapturedType extends IdentifierFormat {
  readonly capture: readonly CaptureRule[];
}

/** Reads identifiers off requests by the owner's rules: the first usable rule of a type wins, types stand side by side. */
export class RequestCapture {
  readonly #types: ReadonlyMap<string, CapturedType>;
  readonly #blocked: ReadonlySet<string>;
  readonly #visitorCookie: VisitorCookie;
  readonly #handoffs: HandoffTokens;

  constructor(
    types: ReadonlyMap<string, CapturedType>,
    blocked: ReadonlySet<string>,
    visitorCookie: VisitorCookie,
    handoffs: HandoffTokens,
  ) {
    this.#types = types;
    this.#blocked = blocked;
    this.#visitorCookie = visitorCookie;
    this.#handoffs = handoffs;
  }

  async read(request: CapturableRequest): Promise<Capture> {
    const places = new Places(request);
    const handedOff = await this.#redeemHandoffs(request, places);
    const identifiers: CapturedIdentifier[] = [];
    const refused: string[] = [];
    let newVisitor: NewVisitor | null = null;

    for (const [type, settings] of this.#types) {
      const rules = settings.capture.filter((rule) => rule.from.includes(request.viewer.role));
      for (const rule of rules) {
        const source = `${rule.kind}:${rule.name}`;
        const found = places.find(rule);
        if (found === undefined) continue;
        const value = this.#open(rule, type, found, handedOff);
        const normalized = value === null ? null : this.#normalize(rule, type, value, settings);
        if (normalized?.ok) {
          identifiers.push({ ...normalized.identifier, assurance: rule.assurance, source });
          break;
        }
        if (value === null) refused.push(source);
      }
      if (newVisitor === null && !identifiers.some((captured) => captured.type === type)) newVisitor = this.#issue(type, rules, request);
    }
    return { identifiers, newVisitor, refused };
  }

  /** For one who logs out: nobody's cookies, one for each rule that issues some. Empty without such a rule. */
  startAfresh(request: CapturableRequest): NewVisitor[] {
    return [...this.#types].flatMap(([type, { capture }]) => this.#issue(type, capture, request) ?? []);
  }

  #issue(type: string, rules: readonly CaptureRule[], request: CapturableRequest): NewVisitor | null {
    const issuing = rules.find(({ kind, from }) => kind === 'issuedCookie' && from.includes(request.viewer.role));
    if (issuing === undefined) return null;
    const { visitorId, setCookie } = this.#visitorCookie.issue(issuing.name, request.secure);
    const settings = this.#types.get(type) as CapturedType;
    const normalized = normalizeIdentifier(type, visitorId, settings, this.#blocked);
    return normalized.ok ? { identifier: normalized.identifier, setCookie } : null;
  }

  /** What a handoff carries was normalised, and hashed where it has to be, before it was signed. */
  #normalize(rule: CaptureRule, type: string, value: string, settings: CapturedType): NormalizedIdentifier {
    return rule.kind === 'handoff' ? { ok: true, identifier: { type, value } } : normalizeIdentifier(type, value, settings, this.#blocked);
  }

  /** Each token once per request, however many identifier types it serves: it is used up by reading. */
  async #redeemHandoffs(request: CapturableRequest, places: Places): Promise<Map<string, readonly Identifier[] | null>> {
    const rules = [...this.#types.values()].flatMap(({ capture }) => capture);
    const tokens = rules
      .filter((rule) => rule.kind === 'handoff' && rule.from.includes(request.viewer.role))
      .map((rule) => places.find(rule))
      .filter((token) => token !== undefined);
    const redeemed = new Map<string, readonly Identifier[] | null>();
    for (const token of new Set(tokens)) redeemed.set(token, await this.#handoffs.redeem(token, request.touchpoint));
    return redeemed;
  }

  /** The value inside what was found; null when that is a token or cookie which proves nothing. */
  #open(rule: CaptureRule, type: string, found: string, handedOff: ReadonlyMap<string, readonly Identifier[] | null>): string | null {
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

/** The places on a request where a rule can look, each parsed once and only when needed. */
class Places {
  readonly #request: CapturableRequest;
  #cookies: ReturnType<typeof parseCookie> | undefined;
  #pageQuery: URLSearchParams | undefined;

  constructor(request: CapturableRequest) {
    this.#request = request;
  }

  find(rule: CaptureRule): string | undefined {
    const { headers, query, viewer } = this.#request;
    switch (rule.kind) {
      case 'bearerClaim': {
        const claim = viewer.claims[rule.name];
        return typeof claim === 'string' || typeof claim === 'number' ? String(claim) : undefined;
      }
      case 'cookie':
      case 'issuedCookie':
        this.#cookies ??= parseCookie(headers.cookie ?? '');
        return this.#cookies[rule.name];
      case 'handoff':
      case 'urlParameter':
        return query.get(rule.name) ?? this.#page().get(rule.name) ?? undefined;
      case 'header':
        return headers[rule.name];
    }
  }

  #page(): URLSearchParams {
    const { pageUrl } = this.#request;
    this.#pageQuery ??= pageUrl !== undefined && URL.canParse(pageUrl) ? new URL(pageUrl).searchParams : new URLSearchParams();
    return this.#pageQuery;
  }
}
