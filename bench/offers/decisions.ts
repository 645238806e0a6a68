import { createSecretKey } from 'node:crypto';
import type { CustomerId } from '../../src/model/customer.ts';
import { decide } from '../../src/offers/decision/decide.ts';
import { decisionIdOf, inControlGroup, seedOf } from '../../src/offers/decision/keyed-choices.ts';
import type { CompiledOffers, CompiledPlacement } from '../../src/offers/definition/compiled-offers.ts';
import { compileProject } from '../../src/wiring/compile-project.ts';
import { compare } from '../measure.ts';
import { conditionsOf, customerOf, isAny, nameOf, projectOf, worthOf } from './project.ts';

export interface DecisionRow {
  readonly offers: number;
  readonly shared: boolean;
  /** Milliseconds of processor time for each decision. */
  readonly ours: number;
  readonly byHand: number;
}

const KEY = createSecretKey(Buffer.alloc(32, 7));
/** Evidence as after a month: every offer was presented to thousands of customers, and a few percent responded. */
const PRESENTED = 5_000;

/**
 * Processor time of one decision, in memory: what rules read is put together from records, rules are evaluated, offers are ranked
 * with a sample of each one's propensity, and the decision gets its id. The same by hand: the same conditions as JavaScript
 * functions, and a sort by value; without reasons, unknowns, learning and ids.
 */
export async function measureDecisions(offers: number, shared: boolean, rounds: number, decisions: number): Promise<DecisionRow> {
  const { offers: compiled } = await compileProject(projectOf('.', offers, shared));
  const placement = compiled?.placements.get(nameOf(offers, shared));
  if (!compiled || !placement) throw new Error('expected a project with offers');
  let next = 0;
  const rulesByHand = Array.from({ length: offers }, (_, index) => ({
    conditions: conditionsOf(index, shared),
    any: isAny(index),
    value: worthOf(index),
  }));
  const [ours, byHand] = (await compare(
    [
      { name: 'gateway', round: async () => cpuOf(decisions, () => decideOne(compiled, placement, next++)) },
      { name: 'by hand', round: async () => cpuOf(decisions, () => decideByHand(rulesByHand, next++)) },
    ],
    rounds,
  )) as [number, number];
  return { offers, shared, ours, byHand };
}

function decideOne(compiled: CompiledOffers, placement: CompiledPlacement, number: number): string {
  const { settings, traits } = compiled;
  const customerId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as CustomerId;
  const now = new Date(1.8e12 + number);
  const { loyalty, country } = customerOf(String(number));
  const verdictOf = placement.rules.over({
    customer: new Map<string, { value: unknown }>([
      ['loyalty', { value: loyalty }],
      ['country', { value: country }],
    ]),
    assurance: 'RECOGNIZED',
    mayBeRead: true,
    attributes: { value: {} },
    journey: { value: Object.fromEntries(traits.map(({ name, of, window }) => [name, countOf(number, of, window ?? 0)])) },
    consent: {},
    touchpoint: 'web',
    channel: 'WEB',
    locale: null,
    now,
  });
  const state = {
    now: now.getTime(),
    channel: 'WEB',
    seed: seedOf(KEY, customerId, placement.placement.name, now.getTime()),
    isControl: inControlGroup(KEY, customerId, settings.control),
    isAdmitted: true,
    verdictOf: ({ name }: { readonly name: string }) => verdictOf(name),
    counts: new Map<string, readonly number[]>(),
    refused: new Set<string>(),
    evidenceOf: (offer: string) => ({ presented: PRESENTED, responded: offer.length * 10 }),
  };
  const { chosen, isFallback, isControl } = decide(placement, state, settings);
  return decisionIdOf(KEY, {
    customerId,
    placement: placement.placement.name,
    touchpoint: 'web',
    decidedAt: state.now,
    keptFor: null,
    isFallback,
    isControl,
    offers: chosen,
  });
}

interface RuleByHand {
  readonly conditions: ReturnType<typeof conditionsOf>;
  readonly any: boolean;
  readonly value: number;
}

function decideByHand(rules: readonly RuleByHand[], number: number): number[] {
  const customer = customerOf(String(number));
  const counts = (type: string, window: string) => countOf(number, type, Number.parseInt(window, 10) * 86_400_000);
  return rules
    .filter(({ conditions, any }) =>
      any ? conditions.some(({ holds }) => holds(customer, counts)) : conditions.every(({ holds }) => holds(customer, counts)),
    )
    .map(({ value }) => value)
    .sort((a, b) => b - a)
    .slice(0, 2);
}

function countOf(number: number, type: string, window: number): number {
  return (number + type.length + window / 86_400_000) % 4;
}

/** Milliseconds of this thread's processor time for each operation. */
function cpuOf(operations: number, operation: () => unknown): number {
  const begun = process.threadCpuUsage();
  for (let index = 0; index < operations; index++) operation();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000 / operations;
}
