import type { Evidence } from '../model/evidence.ts';
import type { CapturableRequest, CapturedType, CaptureMemory, NewVisitor } from './capture.ts';
import { normalizeIdentifier } from './normalize.ts';
import type { TableRule } from './rule-table.ts';
import { cookieScope } from './value-reader.ts';
import type { VisitorCookie } from './visitor-cookie.ts';

/** Makes visitors: each is a new cookie of ours, by the first rule of its type that issues one. */
export class VisitorStarts {
  readonly #types: ReadonlyMap<string, CapturedType>;
  readonly #blocked: ReadonlySet<string>;
  readonly #visitorCookie: VisitorCookie;

  constructor(types: ReadonlyMap<string, CapturedType>, blocked: ReadonlySet<string>, visitorCookie: VisitorCookie) {
    this.#types = types;
    this.#blocked = blocked;
    this.#visitorCookie = visitorCookie;
  }

  /** The visitor of a request, one for each type. @returns null where no rule issues a cookie. */
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
   * What a cookie can be replaced by. The same for the same cookie, proof and generation.
   * @returns for each of the gateway's secrets one, the present one first.
   */
  successorsOf(cookie: Evidence, rules: readonly TableRule[], proof: string, generation: number, request: CapturableRequest): NewVisitor[] {
    const issuing = rules.find(({ origin }) => origin.kind === cookie.origin.kind && origin.name === cookie.origin.name);
    if (issuing === undefined) return [];
    return this.#visitorCookie
      .successorIds(`${cookie.type}:${cookie.value}`, proof, generation)
      .flatMap((id) => this.#visitor(cookie.type, issuing, request, id) ?? []);
  }

  /** @param id a random one when left out. */
  #visitor(type: string, rule: TableRule, request: CapturableRequest, id?: string): NewVisitor | null {
    const { visitorId, setCookie } = this.#visitorCookie.issue(cookieScope(rule, request), id);
    const normalized = normalizeIdentifier(type, visitorId, this.#types.get(type) as CapturedType, this.#blocked);
    return normalized.ok ? { identifier: normalized.identifier, setCookie, origin: rule.origin } : null;
  }
}
