import { type Assurance, isProven } from '../model/assurance.ts';
import { type Evidence, originText } from '../model/evidence.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CapturableRequest } from './capture.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { Normalize } from './normalize.ts';
import type { RedeemedHandoffs } from './redeem-handoffs.ts';
import type { RequestReader } from './request-reader.ts';
import type { TableRule } from './rule-table.ts';
import type { CookieScope, VisitorCookie } from './visitor-cookie.ts';

/** A value that a rule found. */
interface FoundValue {
  readonly text: string;
  /** The name under which it was found: the signature of an issued cookie includes it. */
  readonly name: string;
  readonly isUnprefixed: boolean;
}

/** A request, with everything that is needed to read it. */
export interface Reading {
  readonly request: CapturableRequest;
  readonly reader: RequestReader;
  readonly handoffs: RedeemedHandoffs;
}

const NO_VALUES: readonly FoundValue[] = [];

/** Finds the values of rules on a request, and makes evidence of them. */
export class ValueReader {
  readonly #normalize: Normalize;
  readonly #visitorCookie: VisitorCookie;

  constructor(normalize: Normalize, visitorCookie: VisitorCookie) {
    this.#normalize = normalize;
    this.#visitorCookie = visitorCookie;
  }

  /**
   * The first usable value; null without one.
   * @param refused the origins of values that prove nothing are added, to be counted.
   */
  first(type: string, rules: readonly TableRule[], reading: Reading, refused: string[]): Evidence | null {
    for (const rule of rules) {
      let isRefused = false;
      for (const found of this.#valuesOf(rule, reading)) {
        const evidence = this.#evidence(rule, type, found, reading);
        if (evidence === 'refused') isRefused = true;
        else if (evidence !== null) return evidence;
      }
      if (isRefused) refused.push(originText(rule.origin));
    }
    return null;
  }

  /** Every usable value, in the order in which they are tried. */
  *all(type: string, rules: readonly TableRule[], reading: Reading): Generator<Evidence> {
    for (const rule of rules) {
      for (const found of this.#valuesOf(rule, reading)) {
        const evidence = this.#evidence(rule, type, found, reading);
        if (evidence !== null && evidence !== 'refused') yield evidence;
      }
    }
  }

  /** True when the rule finds a value, usable or not. */
  finds(rule: CaptureRule, reading: Reading): boolean {
    return this.#valuesOf(rule, reading).length > 0;
  }

  /** @returns null for an invalid value or a placeholder; `refused` for a value that proves nothing and is counted. */
  #evidence(rule: TableRule, type: string, found: FoundValue, reading: Reading): Evidence | 'refused' | null {
    const value = this.#open(rule, type, found, reading.handoffs);
    if (value === null) return isWorthless(rule, found.text, reading.handoffs) ? 'refused' : null;
    const assurance = assuranceOf(rule, reading.request.viewer);
    // The identifiers of a handoff were normalised and hashed before they were encrypted.
    if (rule.kind === 'handoff') return { type, value, assurance, origin: rule.origin };
    const normalized = this.#normalize(type, value);
    if (!normalized.ok) return normalized.isTooLong === true ? 'refused' : null;
    const evidence = { ...normalized.identifier, assurance, origin: rule.origin };
    return found.isUnprefixed ? { ...evidence, isUnprefixed: true } : evidence;
  }

  /** In the order in which they are tried. For an issued cookie, the name with the prefix comes first. */
  #valuesOf(rule: CaptureRule, { request, reader }: Reading): readonly FoundValue[] {
    if (rule.kind !== 'issuedCookie') {
      const found = reader.find(rule);
      return found.length === 0 ? NO_VALUES : found.map((text) => ({ text, name: rule.name, isUnprefixed: false }));
    }
    const name = this.#visitorCookie.nameIn(cookieScope(rule, request));
    const named = reader.find({ ...rule, name }).map((text) => ({ text, name, isUnprefixed: false }));
    if (name === rule.name) return named;
    return [...named, ...reader.find(rule).map((text) => ({ text, name: rule.name, isUnprefixed: true }))];
  }

  /** The value in a token or cookie; null when it proves nothing. */
  #open(rule: CaptureRule, type: string, { text, name }: FoundValue, handoffs: RedeemedHandoffs): string | null {
    switch (rule.kind) {
      case 'issuedCookie':
        return this.#visitorCookie.read(name, text);
      case 'handoff':
        return handoffs.get(text)?.find((identifier) => identifier.type === type)?.value ?? null;
      default:
        return text;
    }
  }
}

/** How the cookie of a rule is set on a request. */
export function cookieScope({ name, domain }: CaptureRule, { secure, isPlainLocalhost = false }: CapturableRequest): CookieScope {
  return { name, domain, secure, isPlainLocalhost };
}

/** False for a valid handoff without identifiers of the type, and for one that was not tried. */
function isWorthless({ kind }: CaptureRule, found: string, handoffs: RedeemedHandoffs): boolean {
  return kind !== 'handoff' || handoffs.get(found) === null;
}

/** Claims of an address, with the claim that says whether the issuer has verified it (OpenID Connect Core, section 5.1). */
const VERIFIED_BY: ReadonlyMap<string, string> = new Map([
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
]);

/**
 * The assurance of a rule on this request. An address that the token's issuer has not verified is only CLAIMED, unless the rule
 * says that its issuer verifies all. In OpenID Connect the claim is a boolean; Apple and Amazon Cognito also write a text.
 */
function assuranceOf({ kind, name, assurance, verified }: CaptureRule, { claims }: Viewer): Assurance {
  const by = kind === 'bearerClaim' && verified !== 'always' ? VERIFIED_BY.get(name) : undefined;
  if (by === undefined || !isProven(assurance)) return assurance;
  return claims[by] === true || claims[by] === 'true' ? assurance : 'CLAIMED';
}
