import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IdentityRules } from '../../../src/identity/identity-rules.ts';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { Identifier } from '../../../src/model/identifier.ts';
import type { IdentityCorrection } from '../../../src/model/identity.ts';
import { correctGraph } from '../../../src/store/plan/correct-graph.ts';
import type { Facts } from '../../../src/store/plan/facts.ts';
import type { GraphDraft } from '../../../src/store/plan/graph-draft.ts';
import { recordEvent } from '../../../src/store/plan/record-event.ts';
import { rotateCookie } from '../../../src/store/plan/rotate-cookie.ts';
import { runPlan } from '../../../src/store/plan/run-plan.ts';
import { writesApplier } from '../../../src/store/sqlite/apply-writes.ts';
import { SqliteFacts } from '../../../src/store/sqlite/facts.ts';
import { IdentityReads } from '../../../src/store/sqlite/identity-reads.ts';
import { migrate, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { rulesWith, type Step, steps } from '../../identity/histories.ts';

const BY_PERSON = { source: 'mergeCustomers:AGENT', actor: 'agent', reason: null };
const TABLES = [
  'customer',
  'identifier',
  'former_owner',
  'separation',
  'attribute',
  'identity_event',
  'identity_mention',
  'retired_cookie',
];

/** A database with a clock and random ids that are the same in each. */
class Graph {
  readonly database: DatabaseSync;
  readonly facts: Facts;
  readonly #apply;
  clock = 0;
  #ids = 0;

  constructor() {
    this.database = openDatabase(':memory:');
    onTestFinished(() => this.database.close());
    migrate(this.database);
    this.database.exec(`update setting set value = 'test' where name = 'identity_key'`);
    this.facts = new SqliteFacts(this.database, new IdentityReads(this.database));
    this.#apply = writesApplier(this.database);
  }

  plan<Result>(decide: (draft: GraphDraft) => Result): Result {
    const freshId = () => `fresh-${String(this.#ids++).padStart(6, '0')}`;
    const { result, writes } = runPlan(this.facts, () => this.clock, freshId, decide);
    this.#apply(writes);
    return result;
  }

  clear(): void {
    for (const table of TABLES) this.database.exec(`delete from ${table}`);
    this.clock = 0;
    this.#ids = 0;
  }

  get rows(): Record<string, unknown[]> {
    return Object.fromEntries(TABLES.map((table) => [table, this.database.prepare(`select * from ${table}`).all()]));
  }
}

type AnyStep = Step | { readonly kind: 'rotate'; readonly cookie: string; readonly to: string; readonly person: string | null };

const rotation = fc.record({
  kind: fc.constant('rotate' as const),
  cookie: fc.constantFrom('a', 'b', 'c'),
  to: fc.constantFrom('c', 'd', 'e'),
  person: fc.constantFrom('a', 'b', null),
});
const histories = fc.record({
  before: steps,
  together: fc.array(fc.oneof({ weight: 5, arbitrary: steps }, { weight: 1, arbitrary: fc.tuple(rotation) }), { maxLength: 3 }),
});

function take(rules: IdentityRules, draft: GraphDraft, index: number, step: AnyStep): unknown {
  switch (step.kind) {
    case 'evidence':
    case 'interaction': {
      const attributes = { values: { [`name${index % 3}`]: index }, touchpoint: null, isVouchedFor: index % 2 === 0 };
      const event = { identifiers: step.identifiers, occurredAt: new Date(step.at), source: 'test', eventId: null };
      return recordEvent(rules, draft, step.kind === 'interaction' ? { ...event, attributes } : event);
    }
    case 'rotate': {
      const cookie = { type: 'visitorId', value: step.cookie };
      const proven: Identifier[] = step.person === null ? [] : [{ type: 'crmId', value: step.person }];
      const [kind, proof] = step.person === null ? (['replace', null] as const) : (['person', step.person] as const);
      return rotateCookie(rules, draft, { cookie, successor: step.to, proof, kind, proven, at: new Date(20 + index), source: 'test' });
    }
    default:
      return correctGraph(rules, draft, [correctionOf(draft, index, step)]);
  }
}

function correctionOf(draft: GraphDraft, index: number, step: Extract<Step, { of: unknown }>): IdentityCorrection {
  const at = new Date(10 + index);
  if (step.kind !== 'merge') return { kind: step.kind, customerId: null, identifiers: [step.of], at, ...BY_PERSON };
  return { kind: 'merge', customerIds: step.of.map((each) => draft.ownerOf(each) ?? ('nobody' as CustomerId)), at, ...BY_PERSON };
}

const isRefused = (outcome: unknown) => (outcome as { kind?: string }).kind === 'refused' && 'why' in (outcome as object);

describe.each(['reassign-latest', 'keep-first', 'refuse'] as const)('a plan, with %s', (conflict) => {
  const rules = rulesWith(conflict);

  it('of several steps decides and writes what a plan for each step does', () => {
    const [one, each] = [new Graph(), new Graph()];
    fc.assert(
      fc.property(histories, ({ before, together }) => {
        for (const graph of [one, each]) {
          graph.clear();
          for (const [index, step] of before.entries()) graph.plan((draft) => take(rules, draft, index, step));
        }
        const tail = together.flat().map((step, index) => ({ step, index: before.length + index }));
        const outcomes = tail.map(({ step, index }) => each.plan((draft) => take(rules, draft, index, step)));
        const decided = one.plan((draft) =>
          tail.map(({ step, index }, n) => {
            if (!isRefused(outcomes[n])) return take(rules, draft, index, step);
            // A correction that is refused gives its whole plan up. It uses up one random id.
            draft.freshId();
            return outcomes[n];
          }),
        );
        expect(decided).toEqual(outcomes);
        expect(one.rows).toEqual(each.rows);
      }),
      { numRuns: 300 },
    );
  });

  it('that is refused has written nothing', () => {
    const graph = new Graph();
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        graph.clear();
        for (const [index, step] of before.entries()) graph.plan((draft) => take(rules, draft, index, step));
        const known = graph.rows;
        graph.plan((draft) => {
          for (const [index, step] of after.entries()) take(rules, draft, index, step);
          draft.giveUp();
        });
        expect(graph.rows).toEqual(known);
      }),
      { numRuns: 20 },
    );
  });
});
