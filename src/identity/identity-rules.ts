import type { ConflictPolicy } from '../model/conflict-policy.ts';
import { type Identifier, type IdentifierClass, identifierKey } from '../model/identifier.ts';

/** What an owner says about identifiers. Plain data: it travels to the store's thread. */
export interface IdentityRules {
  /** Strongest type first. */
  readonly types: readonly {
    readonly name: string;
    readonly class: IdentifierClass;
    readonly unique: boolean;
    /** How many values of it one customer may have; 1 for a unique type. */
    readonly limit: number;
  }[];
  readonly conflict: ConflictPolicy;
  /** How many identifiers one customer may have. */
  readonly capacity: number;
}

/** Strongest type first, then by value, each once: the order in which identifiers came must not matter. */
export function orderedByStrength(rules: IdentityRules, identifiers: readonly Identifier[]): Identifier[] {
  const rank = new Map(rules.types.map(({ name }, index) => [name, index]));
  const distinct = new Map(identifiers.map((identifier) => [identifierKey(identifier), identifier]));
  return [...distinct.values()].sort(
    (a, b) => (rank.get(a.type) ?? 0) - (rank.get(b.type) ?? 0) || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
  );
}

/** The identifier that says whose a conflicting event is: the strongest unique one, or else the strongest. */
export function pickerOf(rules: IdentityRules, ordered: readonly Identifier[]): Identifier {
  const unique = new Set(rules.types.filter((type) => type.unique).map(({ name }) => name));
  return ordered.find(({ type }) => unique.has(type)) ?? (ordered[0] as Identifier);
}

/** The strongest type of which these are more values than one customer may have. */
export function crowdedType(rules: IdentityRules, identifiers: readonly Identifier[]): string | null {
  for (const { name, limit } of rules.types) {
    if (identifiers.filter(({ type }) => type === name).length > limit) return name;
  }
  return null;
}
