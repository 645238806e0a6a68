import { type Capture, isIssuedCookie, type NewVisitor } from '../capture/capture.ts';
import type { CookieIssuer } from '../capture/capture-session.ts';
import type { CookieRotations } from '../identity/cookie-rotations.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import { isProven } from '../model/assurance.ts';
import { evidenceCause } from '../model/cause.ts';
import { type Evidence, originText } from '../model/evidence.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { CookieRotation, RetiredCookie } from '../model/visitor-cookie.ts';

export interface CookieServices {
  readonly graph: IdentityGraph;
  readonly rotations: CookieRotations;
  /** Identifier types that name a human. */
  readonly personTypes: ReadonlySet<string>;
  readonly now: () => Date;
}

/** Milliseconds for which requests that were under way can still store something under a retired cookie. */
const GRACE = 60_000;
/** Successors that are followed on one request: as many as are kept of one customer, and one more. */
const MAX_STEPS = 11;
/** Values in place of a retired cookie that are looked at: a browser sends one for each path and domain. */
const MAX_OTHERS = 10;
/** Successors that are tried for one cookie and proof, where earlier ones were used up and the cookie was forgotten. */
const MAX_GENERATIONS = 8;
/** Stands for a proof where a cookie was replaced only for its name. */
const RENAMED = 'renamed';

/** What a cookie is worth on a request. */
type Worth =
  /** It recognises its customer. `replacement` is the visitor cookie that the browser gets, where it is another than it sent. */
  | { readonly kind: 'valid'; readonly cookie: Evidence; readonly replacement: NewVisitor | null }
  /** It recognises nobody, and what is stored under it is its owner's. */
  | { readonly kind: 'retired'; readonly cookie: Evidence; readonly replacement: NewVisitor | null }
  /** It is left out, since what the request proves is another's. */
  | { readonly kind: 'aside' }
  /** It counts as no cookie. */
  | { readonly kind: 'none'; readonly cookie: Evidence };

/**
 * Decides what the issued cookies of a request are worth, and replaces one that is not the person's whom the request
 * proves: the browser may have got it from somebody else, or somebody else may know it. At once for what the graph
 * remembers as one customer's. (DESIGN, Capture 6; docs/adr/0016)
 */
export function settleCookies(services: CookieServices, capture: Capture, issuer: () => CookieIssuer): Capture | Promise<Capture> {
  const { identifiers, retired } = capture;
  if (retired === undefined && !identifiers.some(isIssuedCookie)) return capture;
  if (retired === undefined && isRemembered(services.graph, identifiers)) return capture;
  return new CookieSettlement(services, capture, issuer()).settle();
}

/** Replaces a cookie by one that stands for nobody, because its visitor logs out. */
export async function resetCookie({ rotations, now }: CookieServices, cookie: Evidence, { identifier }: NewVisitor): Promise<void> {
  const { type, value } = cookie;
  const about = { cookie: { type, value }, successor: identifier.value, at: now(), source: evidenceCause([cookie]).source };
  await rotations.rotate({ ...about, proof: null, kind: 'reset', proven: [] });
}

/** Whether something can still be stored under a cookie that was retired then. */
export function isInGrace(retiredAt: Date, now: Date): boolean {
  return now.getTime() - retiredAt.getTime() <= GRACE;
}

function isRemembered(graph: IdentityGraph, identifiers: readonly Evidence[]): boolean {
  if (identifiers.some(({ isUnprefixed }) => isUnprefixed)) return false;
  return graph.remembers(identifiers.every(({ assurance }) => isProven(assurance)) ? identifiers : identifiers.filter(isProvenOne));
}

function isProvenOne({ assurance }: Evidence): boolean {
  return isProven(assurance);
}

/** The cookies of one request, settled one after the other. */
class CookieSettlement {
  readonly #services: CookieServices;
  readonly #capture: Capture;
  readonly #issuer: CookieIssuer;
  readonly #proven: readonly Evidence[];
  /** The strongest proven identifier of a human; without one, the strongest proven identifier that a known person has. */
  #person: Evidence | null;

  constructor(services: CookieServices, capture: Capture, issuer: CookieIssuer) {
    this.#services = services;
    this.#capture = capture;
    this.#issuer = issuer;
    this.#proven = capture.identifiers.filter((identifier) => isProvenOne(identifier) && !isIssuedCookie(identifier));
    this.#person = this.#proven.find(({ type }) => services.personTypes.has(type)) ?? null;
  }

  async settle(): Promise<Capture> {
    const { identifiers, retired = [] } = this.#capture;
    let { newVisitor, refused } = this.#capture;
    const cookies = identifiers.filter(isIssuedCookie);
    this.#person ??= await this.#knownPerson(cookies);
    const worth = new Map<Evidence, Worth>();
    /** What counts in place of a cookie that recognises nobody. */
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
      const started = this.#issuer.startInPlaceOf(each.cookie);
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
   * Who the request's customer is by something that names no human itself: an install id, a cookie that was handed over, or
   * another visitor cookie. Otherwise a planted cookie would be linked to them as it is.
   */
  async #knownPerson(cookies: readonly Evidence[]): Promise<Evidence | null> {
    const { graph, personTypes } = this.#services;
    const proving = [...this.#proven, ...cookies.filter(({ isUnprefixed }) => isUnprefixed !== true)];
    if (this.#proven.length + cookies.length < 2) return null;
    const owners = await graph.ownersOf(proving);
    return proving.find((_, index) => owners[index]?.identifiers.some(({ type }) => personTypes.has(type))) ?? null;
  }

  /**
   * The next usable value of a cookie's type, where the cookie recognises nobody: a browser keeps one of the same name for
   * another path or domain, which no answer of ours replaces. Within the minute of grace, only one that needs no `Set-Cookie`.
   */
  async #another(worth: Worth): Promise<(Worth & { readonly kind: 'valid' }) | null> {
    if (worth.kind !== 'none' && (worth.kind !== 'retired' || worth.replacement !== null)) return null;
    const { cookie } = worth;
    // Found before, or brought by a handoff.
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

  /** @param mayReplace whether a cookie that needs a successor gets one. */
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

  /** @returns null for a cookie that need not be replaced after all, `impossible` where it has no successor left. */
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
      if (!has(current, this.#person as Evidence)) rotations.conflicts.add(this.#situation(cookie, current));
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

  /** Alone, or beside another's proof. */
  #worthOfRetired(cookie: Evidence, { retiredAt }: RetiredCookie, replacement: NewVisitor | null): Worth {
    if (!isInGrace(retiredAt, this.#services.now())) return { kind: 'none', cookie };
    return { kind: 'retired', cookie, replacement };
  }

  /**
   * What a retired cookie is replaced by on this request: nothing, unless the request proves what it was replaced for. One
   * that was replaced only for its name stands for the same visitor as before, whatever the request proves.
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
