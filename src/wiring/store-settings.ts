import type { GatewayConfig } from '../config/gateway-config.ts';
import type { IdentityRules } from '../identity/identity-rules.ts';
import { parseDuration } from '../model/quantity.ts';

/** What the configuration says to the identity rules. */
export function identityRulesOf({ identifiers, conflict, limits }: GatewayConfig): IdentityRules {
  const types = Object.entries(identifiers).map(([name, { class: of, unique, limit, window }]) => ({
    name,
    class: of,
    unique: unique || limit === 1,
    limit: unique ? 1 : (limit ?? Number.MAX_SAFE_INTEGER),
    window: window === undefined ? null : parseDuration(window),
  }));
  return { types, conflict, capacity: limits.identifiers };
}
