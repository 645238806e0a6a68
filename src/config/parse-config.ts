import type { z } from 'zod';
import type { CaptureRule } from '../capture/capture-rule.ts';
import { knownOptions } from '../model/known-options.ts';
import { type GatewayConfig, gatewayConfigSchema } from './gateway-config.ts';
import type { Problem } from './problem.ts';

/** @returns the configuration, or null with every problem reported. */
export function parseConfig(file: string, input: unknown, report: (problem: Problem) => void): GatewayConfig | null {
  const result = gatewayConfigSchema.safeParse(withoutUndefined(input), { reportInput: true });
  if (!result.success) {
    for (const issue of result.error.issues) {
      for (const { path, message } of explain(issue)) report({ where: `${file}: ${path.join('.') || 'export default'}`, message });
    }
    return null;
  }
  const contradictions = contradictionsOf(result.data);
  for (const { path, message } of contradictions) report({ where: `${file}: ${path.join('.')}`, message });
  return contradictions.length > 0 ? null : result.data;
}

interface Explanation {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** One line per problem: a list of unknown keys is as many problems as it has keys. */
function explain(issue: z.core.$ZodIssue): Explanation[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `expected no such option; remove it, or look for a typing error${knownAt(issue.path)}`,
    }));
  }
  const expected = issue.message.replace(/^Invalid [^:]*: /, '').replace(/, received .*$/, '');
  return [{ path: issue.path, message: `${expected}, received ${received(issue.input)}` }];
}

function knownAt(path: readonly PropertyKey[]): string {
  const known = knownOptions(gatewayConfigSchema, path);
  return known.length === 0 ? '' : `: there are ${known.join(', ')}`;
}

/** A configuration holds keys and passwords, so long texts are not repeated, nor is what stands before the host of a URL. */
function received(input: unknown): string {
  if (input === undefined) return 'nothing';
  const text = (textOf(input) ?? typeof input).replace(/:\/\/.*@/, '://…@');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What the types can't say. */
function contradictionsOf(config: GatewayConfig): Explanation[] {
  const found: Explanation[] = [];
  for (const [name, { capture }] of Object.entries(config.touchpoints)) {
    for (const [type, rules] of Object.entries(capture)) {
      const path = ['touchpoints', name, 'capture', type];
      const known = Object.keys(config.identifiers);
      if (!known.includes(type)) found.push({ path, message: `expected an identifier type (${known.join(', ')}), received "${type}"` });
      found.push(...issuedForPersons(config, type, rules, path));
    }
  }
  for (const [type, { unique, limit, window, region, normalize, capture }] of Object.entries(config.identifiers)) {
    const path = ['identifiers', type];
    if (unique && limit !== undefined && limit !== 1) {
      found.push({ path: [...path, 'limit'], message: `expected no limit beside unique: true (which is limit 1), received ${limit}` });
    }
    if (window !== undefined && (unique || limit === undefined)) {
      found.push({ path: [...path, 'window'], message: `expected only beside a limit, received ${JSON.stringify(window)}` });
    }
    if (region !== undefined && normalize !== 'phone') {
      found.push({ path: [...path, 'region'], message: `expected only beside normalize: 'phone', received ${JSON.stringify(region)}` });
    }
    found.push(...issuedForPersons(config, type, capture, [...path, 'capture']));
  }
  return found;
}

/** A configuration may hold anything, also what refers to itself. */
function textOf(input: unknown): string | undefined {
  try {
    return JSON.stringify(input);
  } catch {
    return undefined;
  }
}

function issuedForPersons(
  { identifiers }: GatewayConfig,
  type: string,
  rules: readonly CaptureRule[],
  path: readonly string[],
): Explanation[] {
  if (identifiers[type]?.class !== 'person') return [];
  const message = "expected an identifier of class 'cookie' or 'device': a random visitor id names no human; received class 'person'";
  return rules.flatMap((rule, index) => (rule.kind === 'issuedCookie' ? [{ path: [...path, index], message }] : []));
}

/** `store: process.env.DATABASE_URL` without that variable is the same as no `store`. */
function withoutUndefined(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
