import { type Assurance, isProven } from '../model/assurance.ts';
import { type Evidence, originText } from '../model/evidence.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CapturableRequest, CapturedType } from './capture.ts';
import type { CaptureRule } from './capture-rule.ts';
import { normalizeIdentifier } from './normalize.ts';
import type { RedeemedHandoffs } from './redeem-handoffs.ts';
import type { RequestReader } from './request-reader.ts';
import type { TableRule } from './rule-table.ts';
import type { CookieScope, VisitorCookie } from './visitor-cookie.ts';

/** What stands where a rule looks. */
interface FoundValue {
  readonly text: string;
  /** Where it was found: an issued cookie is signed under its name. */
  readonly name: string;
  readonly isUnprefixed: boolean;
}

/** What one request is read with. */
export interface Reading {
  readonly request: CapturableRequest;
  readonly reader: RequestReader;
  readonly handoffs: RedeemedHandoffs;
}

const NO_VALUES: readonly FoundValue[] = [];

/** Makes evidence of the values that stand where rules look. */
export class ValueReader {
  readonly #types: ReadonlyMap<string, CapturedType>;
  readonly #blocked: ReadonlySet<string>;
  readonly #visitorCookie: VisitorCookie;

  constructor(types: ReadonlyMap<string, CapturedType>, blocked: ReadonlySet<string>, visitorCookie: VisitorCookie) {
    this.#types = types;
    this.#blocked = blocked;
    this.#visitorCookie = visitorCookie;
  }

  /**
   * The first usable value; null where there is none.
   * @param refused gets the origins whose values are none and prove nothing: they are counted.
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

  /** True where something stands where the rule looks, usable or not. */
  finds(rule: CaptureRule, reading: Reading): boolean {
    return this.#valuesOf(rule, reading).length > 0;
  }

  /** @returns null for a value that names nobody; `refused` for one that proves nothing and is counted. */
  #evidence(rule: TableRule, type: string, found: FoundValue, reading: Reading): Evidence | 'refused' | null {
    const value = this.#open(rule, type, found, reading.handoffs);
    if (value === null) return isWorthless(rule, found.text, reading.handoffs) ? 'refused' : null;
    const assurance = assuranceOf(rule, reading.request.viewer);
    // What a handoff carries was normalised, and hashed where it has to be, before it was signed.
    if (rule.kind === 'handoff') return { type, value, assurance, origin: rule.origin };
    const normalized = normalizeIdentifier(type, value, this.#types.get(type) as CapturedType, this.#blocked);
    if (!normalized.ok) return normalized.isTooLong === true ? 'refused' : null;
    const evidence = { ...normalized.identifier, assurance, origin: rule.origin };
    return found.isUnprefixed ? { ...evidence, isUnprefixed: true } : evidence;
  }

  /** In the order in which they are tried. Of an issued cookie, the name that it should have comes first. */
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

  /** The value inside what was found; null when that is a token or cookie which proves nothing. */
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

/** How a rule's cookie is set on a request. */
export function cookieScope({ name, domain }: CaptureRule, { secure, isPlainLocalhost = false }: CapturableRequest): CookieScope {
  return { name, domain, secure, isPlainLocalhost };
}

/** A token that carries nothing of the type, and one that was not looked into, are not refused. */
function isWorthless({ kind }: CaptureRule, found: string, handoffs: RedeemedHandoffs): boolean {
  return kind !== 'handoff' || handoffs.get(found) === null;
}

/** Claims of a person's address, with the claim that says whether the issuer has verified it (OpenID Connect Core, section 5.1). */
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
