import { valueAt } from '../adapters/values.ts';
import type { CaptureRule } from '../capture/capture-rule.ts';
import { type Explanation, shownInput } from '../model/explain-issue.ts';
import type { WrittenConfig } from './gateway-config.ts';

/**
 * Finds options that are valid alone but contradict each other.
 * @param input the configuration as it was written, for messages.
 */
export function contradictionsOf(config: WrittenConfig, input: unknown): Explanation[] {
  const types = Object.keys(config.identifiers);
  const unexpected = (path: readonly string[], expected: string): Explanation => ({
    path,
    message: `${expected}, received ${shownInput(valueAt(input, path))}`,
  });
  const found: Explanation[] = [];
  for (const [name, { capture }] of Object.entries(config.touchpoints)) {
    for (const [type, rules] of Object.entries(capture)) {
      const path = ['touchpoints', name, 'capture', type];
      if (!types.includes(type)) found.push({ path, message: `expected an identifier type (${types.join(', ')}), received "${type}"` });
      found.push(...issuedForPersons(config, type, rules, path));
    }
  }
  for (const [type, { unique, limit, window, region, normalize, capture }] of Object.entries(config.identifiers)) {
    const path = ['identifiers', type];
    if (unique && limit !== undefined && limit !== 1) {
      found.push(unexpected([...path, 'limit'], 'expected no limit beside unique: true (which is limit 1)'));
    }
    if (window !== undefined && (unique || limit === undefined))
      found.push(unexpected([...path, 'window'], 'expected only beside a limit'));
    if (region !== undefined && normalize !== 'phone') {
      found.push(unexpected([...path, 'region'], "expected only beside normalize: 'phone'"));
    }
    found.push(...issuedForPersons(config, type, capture, [...path, 'capture']));
  }
  for (const [name, { sticky = 0 }] of Object.entries(config.placements)) {
    // A kept choice is a stored decision: it would end when decisions are deleted.
    if (sticky > config.retention.decisions)
      found.push(unexpected(['placements', name, 'sticky'], 'expected at most the time of retention.decisions'));
  }
  return [...found, ...desktopContradictions(config)];
}

/** What `agentDesktop` names must exist, and be for agents. */
function desktopContradictions({ agentDesktop, placements, touchpoints, viewers }: WrittenConfig): Explanation[] {
  const unusable = (option: 'placement' | 'touchpoint', entries: Readonly<Record<string, { viewers?: readonly string[] | undefined }>>) => {
    const name = agentDesktop[option];
    if (name == null) return [];
    const path = ['agentDesktop', option];
    const known = Object.keys(entries).join(', ') || 'none is configured';
    if (!Object.hasOwn(entries, name)) return [{ path, message: `expected a ${option} (${known}), received ${shownInput(name)}` }];
    const { viewers: allowed } = entries[name] as { viewers?: readonly string[] | undefined };
    const message = `expected a ${option} that AGENT may use, received ${shownInput(name)}, whose viewers are ${allowed?.join(', ')}`;
    return allowed === undefined || allowed.includes('AGENT') ? [] : [{ path, message }];
  };
  const { clientId } = agentDesktop;
  const isUrl = viewers.issuer !== undefined && /^https?:/.test(viewers.issuer) && URL.canParse(viewers.issuer);
  const signIn = clientId !== undefined && !isUrl;
  const message = 'expected only beside viewers.issuer that is a URL, where agents sign in';
  return [
    ...unusable('placement', placements),
    ...unusable('touchpoint', touchpoints),
    ...(signIn ? [{ path: ['agentDesktop', 'clientId'], message: `${message}, received ${shownInput(viewers.issuer)}` }] : []),
  ];
}

function issuedForPersons(
  { identifiers }: WrittenConfig,
  type: string,
  rules: readonly CaptureRule[],
  path: readonly string[],
): Explanation[] {
  if (identifiers[type]?.class !== 'person') return [];
  const message = "expected an identifier of class 'cookie' or 'device': a random visitor id names no human; received class 'person'";
  return rules.flatMap((rule, index) => (rule.kind === 'issuedCookie' ? [{ path: [...path, index], message }] : []));
}
