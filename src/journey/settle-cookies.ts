import { type Capture, isIssuedCookie, type NewVisitor } from '../capture/capture.ts';
import type { CookieIssuer } from '../capture/capture-session.ts';
import type { CookieRotations } from '../identity/cookie-rotations.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { evidenceCause } from '../model/cause.ts';
import { type Evidence, isProvenEvidence, originText } from '../model/evidence.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { CookieRotation, RetiredCookie } from '../model/visitor-cookie.ts';

export interface CookieServices {
  readonly graph: IdentityGraph;
  readonly rotations: CookieRotations;
  /** Names of the identifier types of class `person`. */
  readonly personTypes: ReadonlySet<string>;
  readonly now: () => Date;
}

/** Milliseconds for which requests can still store something under a retired cookie: they were sent before the browser got its successor. */
const GRACE = 60_000;
/** Successors that are followed on one request: one more than the store keeps for a customer. */
const MAX_STEPS = 11;
/** Other values of a retired cookie's type that are tried: a browser sends one for each path and domain. */
const MAX_OTHERS = 10;
/** Successors that are tried for one cookie and proof. More than one is needed when the first was retired itself, and the store forgot its predecessor. */
const MAX_GENERATIONS = 8;
/** The proof of a cookie that was replaced only because its name had no prefix. */
const RENAMED = 'renamed';

/** What a cookie counts for on a request. */
type Worth =
  /** It recognises its customer. `replacement` is the cookie that the browser gets instead; null when it keeps the one it sent. */
  | { readonly kind: 'valid'; readonly cookie: Evidence; readonly replacement: NewVisitor | null }
  /** It recognises nobody, but interactions that are stored under it belong to its former owner. */
  | { readonly kind: 'retired'; readonly cookie: Evidence; readonly replacement: NewVisitor | null }
  /** It is left out, because the request proves another customer. */
  | { readonly kind: 'aside' }
  /** It counts as if it was not sent. */
  | { readonly kind: 'none'; readonly cookie: Evidence };

/**
 * Decides what the issued cookies of a request count for, and replaces a cookie that does not belong to the person whom the
 * request proves: another person may have planted it, or may know it. Synchronous when the graph remembers that all
 * identifiers have one owner. (DESIGN, Capture 6; docs/adr/0016)
 */
export function settleCookies(services: CookieServices, capture: Capture, issuer: () => CookieIssuer): Capture | Promise<Capture> {
  const { identifiers, retired } = capture;
  if (retired === undefined && !identifiers.some(isIssuedCookie)) return capture;
  if (retired === undefined && isRemembered(services.graph, identifiers)) return capture;
  return new CookieSettlement(services, capture, issuer()).settle();
}

/** Replaces a cookie by one of a new visitor, because the customer logs out. */
export async function resetCookie({ rotations, now }: CookieServices, cookie: Evidence, { identifier }: NewVisitor): Promise<void> {
  const { type, value } = cookie;
  const about = { cookie: { type, value }, successor: identifier.value, at: now(), source: evidenceCause([cookie]).source };
  await rotations.rotate({ ...about, proof: null, kind: 'reset', proven: [] });
}

/** True while interactions can still be stored under a cookie that was retired at that time. */
export function isInGrace(retiredAt: Date, now: Date): boolean {
  return now.getTime() - retiredAt.getTime() <= GRACE;
}

function isRemembered(graph: IdentityGraph, identifiers: readonly Evidence[]): boolean {
  if (identifiers.some(({ isUnprefixed }) => isUnprefixed)) return false;
  return graph.remembers(identifiers.every(isProvenEvidence) ? identifiers : identifiers.filter(isProvenEvidence));
}

/** Settles the cookies of one request, one after the other. */
class CookieSettlement {
  readonly #services: CookieServices;
  readonly #capture: Capture;
  readonly #issuer: CookieIssuer;
  readonly #proven: readonly Evidence[];
  /** The strongest proven identifier of class `person`; without one, the strongest proven identifier of a customer who has one. */
  #person: Evidence | null;

  constructor(services: CookieServices, capture: Capture, issuer: CookieIssuer) {
    this.#services = services;
    this.#capture = capture;
    this.#issuer = issuer;
    this.#proven = capture.identifiers.filter((identifier) => isProvenEvidence(identifier) && !isIssuedCookie(identifier));
    this.#person = this.#proven.find(({ type }) => services.personTypes.has(type)) ?? null;
  }

  async settle(): Promise<Capture> {
    const { identifiers, retired = [] } = this.#capture;
    let { newVisitor, refused } = this.#capture;
    const cookies = identifiers.filter(isIssuedCookie);
    this.#person ??= await this.#knownPerson(cookies);
    const worth = new Map<Evidence, Worth>();
    // The value that counts instead of a cookie that recognises nobody.
    const instead = new Map<Evidence, Evidence>();
    for (const cookie of [...cookies, ...retired]) {
      const own = await this.#worthOf(cookie);
      const other = await this.#another(own);
      worth.set(cookie, own);
      if (other !== null) instead.set(cookie, other.cookie);
      for (const { replacement = null } of [own, other ?? own] as { replacement?: NewVisitor | null }[]) {
        if (replacement !== null) this.#issuer.setCookie(replacement);
      }
    }
    for (const [cookie, each] of worth) {
      if (each.kind !== 'none') continue;
      refused = [...refused, originText(each.cookie.origin)];
      if (instead.has(cookie)) continue;
      const started = this.#issuer.startInsteadOf(each.cookie);
      if (started !== null) this.#issuer.setCookie(started);
      newVisitor ??= started;
    }
    const valid = (cookie: Evidence) => {
      const found = worth.get(cookie);
      if (found === undefined) return [cookie];
      return found.kind === 'valid' ? [found.cookie] : [instead.get(cookie) ?? []].flat();
    };
    const left = [...worth.values()].flatMap((each) => (each.kind === 'retired' ? [each.cookie] : []));
    const { retired: _, ...others } = this.#capture;
    const settled = { ...others, identifiers: [...identifiers.flatMap(valid), ...retired.flatMap(valid)], newVisitor, refused };
    return left.length > 0 ? { ...settled, retired: left } : settled;
  }

  /**
   * An identifier that is not of class `person`, but whose owner is a known person: an install id, a cookie of a handoff, or
   * another visitor cookie. Without this, a planted cookie would be linked to that person, and not replaced.
   */
  async #knownPerson(cookies: readonly Evidence[]): Promise<Evidence | null> {
    const { graph, personTypes } = this.#services;
    const proving = [...this.#proven, ...cookies.filter(({ isUnprefixed }) => isUnprefixed !== true)];
    if (this.#proven.length + cookies.length < 2) return null;
    const owners = await graph.ownersOf(proving);
    return proving.find((_, index) => owners[index]?.identifiers.some(({ type }) => personTypes.has(type))) ?? null;
  }

  /**
   * The next usable value of the type of a cookie that recognises nobody. A browser may have a cookie of the same name for
   * another path or domain, which our `Set-Cookie` does not replace. For a cookie in its grace period, only a value that needs
   * no `Set-Cookie`.
   */
  async #another(worth: Worth): Promise<(Worth & { readonly kind: 'valid' }) | null> {
    if (worth.kind !== 'none' && (worth.kind !== 'retired' || worth.replacement !== null)) return null;
    const { cookie } = worth;
    // The type has a value already: an earlier cookie, or a handoff.
    if (this.#capture.identifiers.some(({ type, value }) => type === cookie.type && value !== cookie.value)) return null;
    const passedOver = new Set([cookie.value]);
    for (let tried = 0; tried < MAX_OTHERS; tried++) {
      const other = this.#issuer.usableBut(cookie, passedOver);
      if (other === null) return null;
      if (!isIssuedCookie(other)) return worth.kind === 'none' ? { kind: 'valid', cookie: other, replacement: null } : null;
      const found = await this.#worthOf(other, worth.kind === 'none');
      if (found.kind === 'valid' && (worth.kind === 'none' || found.replacement === null)) return found;
      passedOver.add(other.value);
    }
    return null;
  }

  /** @param mayReplace false to leave a cookie that needs a successor without one. */
  async #worthOf(carried: Evidence, mayReplace = true): Promise<Worth> {
    const { graph, rotations } = this.#services;
    const canReplace = this.#issuer.canSet && mayReplace;
    let cookie = carried;
    let replacement: NewVisitor | null = null;
    for (let step = 0; step < MAX_STEPS; step++) {
      const [owner = null] = await graph.ownersOf([cookie]);
      let retired = owner === null ? await rotations.findRetired(cookie) : null;
      if (retired === null) {
        if (!this.#isToBeReplaced(cookie, owner)) return { kind: 'valid', cookie, replacement };
        if (!canReplace) return this.#person === null ? { kind: 'retired', cookie, replacement } : { kind: 'aside' };
        const replaced = await this.#replace(cookie, owner);
        if (replaced === 'impossible') return { kind: 'none', cookie: carried };
        if (replaced === null) return { kind: 'valid', cookie, replacement };
        retired = replaced;
      }
      const successor = this.#successorOf(cookie, retired);
      if (successor === null) return this.#worthOfRetired(carried, retired, null);
      if (this.#person === null) return this.#worthOfRetired(carried, retired, successor);
      replacement = successor;
      cookie = { ...successor.identifier, assurance: carried.assurance, origin: carried.origin };
    }
    return { kind: 'aside' };
  }

  #isToBeReplaced(cookie: Evidence, owner: StoredCustomer | null): boolean {
    const { rotations } = this.#services;
    if (this.#person !== null && !has(owner, this.#person)) return !rotations.conflicts.has(this.#situation(cookie, owner));
    return cookie.isUnprefixed === true;
  }

  /** @returns null for a cookie that stays valid after all, `impossible` when it has no successor left. */
  async #replace(cookie: Evidence, owner: StoredCustomer | null): Promise<RetiredCookie | 'impossible' | null> {
    const { rotations } = this.#services;
    const proof = this.#person === null ? RENAMED : rotations.proofsOf(this.#person)[0];
    for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
      const [successor] = this.#issuer.successorsOf(cookie, proof, generation);
      if (successor === undefined) return null;
      const outcome = await rotations.rotate(this.#rotation(cookie, owner, proof, successor));
      if (outcome.kind === 'retired') return outcome.cookie;
      if (outcome.kind === 'spent') continue;
      const [current = null] = await this.#services.graph.ownersOf([cookie]);
      if (!has(current, this.#person as Evidence)) rotations.conflicts.set(this.#situation(cookie, current), true);
      return null;
    }
    return 'impossible';
  }

  #rotation(cookie: Evidence, owner: StoredCustomer | null, proof: string, successor: NewVisitor): CookieRotation {
    const kind: CookieRotation['kind'] = this.#person === null || has(owner, this.#person) ? 'replace' : 'person';
    const evidence = this.#proven.map(({ type, value }) => ({ type, value }));
    const read = [...(this.#person === null ? [] : [this.#person]), ...this.#proven, cookie];
    return {
      cookie: { type: cookie.type, value: cookie.value },
      successor: successor.identifier.value,
      proof,
      kind,
      proven: this.#person === null ? [] : strongestFirst(this.#person, evidence),
      at: this.#services.now(),
      source: evidenceCause([...new Set(read)]).source,
    };
  }

  /** For a retired cookie whose successor the request may not have, or that is alone on the request. */
  #worthOfRetired(cookie: Evidence, { retiredAt }: RetiredCookie, replacement: NewVisitor | null): Worth {
    if (!isInGrace(retiredAt, this.#services.now())) return { kind: 'none', cookie };
    return { kind: 'retired', cookie, replacement };
  }

  /**
   * The successor that the browser gets on this request; null unless the request proves the person for whom the cookie was
   * replaced. A cookie that was replaced only for its name needs no proof, because its successor is the same visitor's.
   */
  #successorOf(cookie: Evidence, { successor, proof }: RetiredCookie): NewVisitor | null {
    if (successor === null || proof === null) return null;
    const proofs: readonly string[] = this.#person === null ? [] : this.#services.rotations.proofsOf(this.#person);
    if (proof !== RENAMED && !proofs.includes(proof)) return null;
    for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
      const found = this.#issuer.successorsOf(cookie, proof, generation).find(({ identifier }) => identifier.value === successor);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** A key for `conflicts`. */
  #situation(cookie: Identifier, owner: StoredCustomer | null): string {
    return JSON.stringify([identifierKey(cookie), owner?.id ?? null, identifierKey(this.#person as Evidence)]);
  }
}

function has(customer: StoredCustomer | null, person: Identifier): boolean {
  return customer?.identifiers.some(({ type, value }) => type === person.type && value === person.value) ?? false;
}

function strongestFirst({ type, value }: Identifier, proven: readonly Identifier[]): Identifier[] {
  return [{ type, value }, ...proven.filter((other) => other.type !== type || other.value !== value)];
}
