import type { Evidence } from '../model/evidence.ts';
import type { CapturableRequest, CaptureMemory, NewVisitor } from './capture.ts';
import type { Normalize } from './normalize.ts';
import type { TableRule } from './rule-table.ts';
import { cookieScope } from './value-reader.ts';
import type { VisitorCookie } from './visitor-cookie.ts';

/** Starts visitors: each gets a new cookie, by the first rule of its type that issues one. */
export class VisitorStarts {
  readonly #normalize: Normalize;
  readonly #visitorCookie: VisitorCookie;

  constructor(normalize: Normalize, visitorCookie: VisitorCookie) {
    this.#normalize = normalize;
    this.#visitorCookie = visitorCookie;
  }

  /** Starts a visitor, once for each type and request. @returns null when no rule issues a cookie. */
  start(
    type: string,
    rules: readonly TableRule[],
    request: CapturableRequest,
    visitors: CaptureMemory['visitors'] = new Map(),
  ): NewVisitor | null {
    const issuing = rules.find(({ kind }) => kind === 'issuedCookie');
    const known = visitors.get(type);
    if (issuing === undefined || known !== undefined) return known ?? null;
    const visitor = this.#visitor(type, issuing, request);
    if (visitor !== null) visitors.set(type, visitor);
    return visitor;
  }

  /**
   * The possible successors of a cookie; the same for the same cookie, proof and generation.
   * @returns one for each of the gateway's secrets, the present secret's first.
   */
  successorsOf(cookie: Evidence, rules: readonly TableRule[], proof: string, generation: number, request: CapturableRequest): NewVisitor[] {
    const issuing = rules.find(({ origin }) => origin.kind === cookie.origin.kind && origin.name === cookie.origin.name);
    if (issuing === undefined) return [];
    return this.#visitorCookie
      .successorIds(`${cookie.type}:${cookie.value}`, proof, generation)
      .flatMap((id) => this.#visitor(cookie.type, issuing, request, id) ?? []);
  }

  /** @param id left out for a random one. */
  #visitor(type: string, rule: TableRule, request: CapturableRequest, id?: string): NewVisitor | null {
    const { visitorId, setCookie } = this.#visitorCookie.issue(cookieScope(rule, request), id);
    const normalized = this.#normalize(type, visitorId);
    return normalized.ok ? { identifier: normalized.identifier, setCookie, origin: rule.origin } : null;
  }
}
