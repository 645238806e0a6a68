import { explainIssue } from '../model/explain-issue.ts';
import type { Placement } from '../model/offer.ts';
import { whereOfKey } from '../model/position-of-key.ts';
import type { ViewerRole } from '../model/viewer.ts';
import { contradictionsOf } from './contradictions.ts';
import { type GatewayConfig, gatewayConfigSchema, type WrittenConfig } from './gateway-config.ts';
import type { Problem } from './problem.ts';

/**
 * Parses the export of the configuration file once, so that no other part of the gateway parses its texts.
 * @param file its name in messages.
 * @param text of the file, for the positions of problems.
 * @returns the configuration, or null with every problem reported.
 */
export function parseConfig(file: string, input: unknown, report: (problem: Problem) => void, text = ''): GatewayConfig | null {
  const { success, data, error } = gatewayConfigSchema.safeParse(withoutUndefined(input), { reportInput: true });
  const problems = success
    ? contradictionsOf(data, input)
    : error.issues.flatMap((issue) => explainIssue(issue, { schema: gatewayConfigSchema, noun: 'option', shows: 'input' }));
  for (const { path, message } of problems) report({ where: whereOfKey(file, text, path), message });
  return success && problems.length === 0 ? completeConfig(data) : null;
}

/** `store: process.env.DATABASE_URL` without that variable is the same as no `store`. */
function withoutUndefined(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function completeConfig({ identifiers, conflict, placements, audiences, agentDesktop, ...config }: WrittenConfig): GatewayConfig {
  const { keyBytes, identifiers: capacity } = config.limits;
  const types = Object.entries(identifiers);
  return {
    ...config,
    identifiers: new Map(
      types.map(([name, { class: of, hash, normalize, region, capture }]) => [
        name,
        { class: of, isHashed: hash, normalize, region, keyBytes, capture },
      ]),
    ),
    identity: {
      types: types.map(([name, { class: of, unique, limit, window }]) => ({
        name,
        class: of,
        unique: unique || limit === 1,
        limit: unique ? 1 : (limit ?? Number.MAX_SAFE_INTEGER),
        window: window ?? null,
      })),
      conflict,
      capacity,
    },
    placements: new Map(Object.entries(placements).map(([name, placement]) => [name, completePlacement(name, placement)])),
    audiences: new Map(Object.entries(audiences)),
    agentDesktop: {
      ...agentDesktop,
      placement: agentDesktop.placement === undefined ? firstForAgents(placements) : agentDesktop.placement,
      touchpoint: agentDesktop.touchpoint === undefined ? firstForAgents(config.touchpoints) : agentDesktop.touchpoint,
    },
  };
}

/** The first entry whose viewers name AGENT; null for none. */
function firstForAgents(entries: Readonly<Record<string, { readonly viewers?: readonly ViewerRole[] | undefined }>>): string | null {
  return Object.entries(entries).find(([, { viewers }]) => viewers?.includes('AGENT'))?.[0] ?? null;
}

function completePlacement(name: string, { slots, fallback, sticky, min, viewers }: WrittenConfig['placements'][string]): Placement {
  return { name, slots, fallback: fallback ?? null, sticky: sticky ?? null, min, viewers: viewers ?? null };
}
