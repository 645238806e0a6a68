import { isProven } from '../model/assurance.ts';
import type { Origin } from '../model/evidence.ts';
import { hasRole, rolesText } from '../model/viewer.ts';
import type { CapturableRequest, CapturedType } from './capture.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { Touchpoints } from './touchpoints.ts';

/** A capture rule, with the origin of its evidence. */
export interface TableRule extends CaptureRule {
  readonly origin: Origin;
}

/** The rules of one identifier type, in the order in which they are tried. */
export interface RulesOfType {
  readonly type: string;
  /** All but handoffs. */
  readonly own: readonly TableRule[];
  readonly handoffs: readonly TableRule[];
}

/** The rules for a request: those of its touchpoint before those of the type, and only those for its viewer's roles. */
export class RuleTable {
  readonly #types: ReadonlyMap<string, CapturedType>;
  readonly #touchpoints: Touchpoints;
  /** By roles and touchpoint. */
  readonly #rules = new Map<string, readonly RulesOfType[]>();

  constructor(types: ReadonlyMap<string, CapturedType>, touchpoints: Touchpoints) {
    this.#types = types;
    this.#touchpoints = touchpoints;
  }

  /** By identifier type, strongest first. */
  for({ touchpoint, viewer }: CapturableRequest): readonly RulesOfType[] {
    const key = `${rolesText(viewer)} ${touchpoint ?? ''}`;
    let rules = this.#rules.get(key);
    if (rules === undefined) {
      rules = [...this.#types].map(([type, { capture }]) => {
        const usable = [...this.#touchpoints.rulesOf(touchpoint, type), ...capture].filter(({ from }) => hasRole(viewer, from));
        const withOrigin = usable.map((rule) => ({ ...rule, origin: { kind: rule.kind, name: rule.name } }));
        return {
          type,
          own: withOrigin.filter(({ kind }) => kind !== 'handoff'),
          handoffs: withOrigin.filter(({ kind }) => kind === 'handoff'),
        };
      });
      this.#rules.set(key, rules);
    }
    return rules;
  }

  /** The rules of one type, without handoffs. */
  ownOf(type: string, request: CapturableRequest): readonly TableRule[] {
    return this.for(request).find((rules) => rules.type === type)?.own ?? [];
  }

  /** The rules that could prove the customer of a request, as they are in the configuration: `bearerClaim("sub")`. */
  proving(request: CapturableRequest): string[] {
    const rules = this.for(request).flatMap(({ own, handoffs }) => [...own, ...(request.redeemsHandoffs ? handoffs : [])]);
    const proving = rules.filter(({ assurance }) => isProven(assurance));
    return [...new Set(proving.map(({ kind, name }) => `${kind}(${JSON.stringify(name)})`))];
  }
}
