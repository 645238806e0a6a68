import { GatewayError } from '../../model/errors.ts';
import { hasRole, roleRefusal, type Viewer } from '../../model/viewer.ts';
import type { CompiledOffers, CompiledPlacement } from '../definition/compiled-offers.ts';

/**
 * Finds a placement for a viewer.
 * @param compiled null where the project has no placements.
 * @throws GatewayError BAD_USER_INPUT for an unknown name, UNAUTHENTICATED or FORBIDDEN for one that this viewer may not ask for.
 */
export function placementFor(compiled: CompiledOffers | null, name: string, viewer: Viewer): CompiledPlacement {
  const found = compiled?.placements.get(name);
  if (found === undefined) throw unknownPlacement(placementsFor(compiled, viewer), name);
  const { viewers } = found.placement;
  if (viewers !== null && !hasRole(viewer, viewers)) throw roleRefusal(viewers, viewer, `the placement ${name}`);
  return found;
}

/**
 * Finds a placement that is to be explained to an AGENT or a SERVICE: one that they may ask for, or whose offers customers see. Who
 * explains to a customer what they saw need not be shown it as well.
 * @throws GatewayError as `placementFor`.
 */
export function explainablePlacement(compiled: CompiledOffers | null, name: string, viewer: Viewer): CompiledPlacement {
  const found = compiled?.placements.get(name);
  return found?.placement.viewers?.includes('CUSTOMER') ? found : placementFor(compiled, name, viewer);
}

/** Names of the placements that this viewer may ask for. */
export function placementsFor(compiled: CompiledOffers | null, viewer: Pick<Viewer, 'roles'>): string[] {
  const all = [...(compiled?.placements.values() ?? [])];
  return all.flatMap(({ placement: { name, viewers } }) => (viewers === null || hasRole(viewer, viewers) ? [name] : []));
}

function unknownPlacement(known: readonly string[], name: string): GatewayError {
  const received = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  const expected = known.join(', ') || 'none configured';
  return new GatewayError('BAD_USER_INPUT', `placement: expected one of ${expected}; received ${JSON.stringify(received)}`);
}
