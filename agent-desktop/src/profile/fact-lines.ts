import type { FactValue, ValueState } from '../customer/customer-model.ts';
import { wordsOf } from '../customer/words.ts';

/** One line of the facts: a single value, or the values of one small record. */
export interface FactLine {
  /** The path of the value, or of the record. */
  readonly path: string;
  readonly label: string;
  readonly state: ValueState;
  /** The values to show: without the empty ones where others are there. */
  readonly parts: readonly FactValue[];
}

/** A record with more values than this has a line for each of them. */
const MOST_ON_A_LINE = 3;

/** The lines in the order of the layout: the name is the title, and what is empty has no line. */
export function factLines(facts: readonly FactValue[], name: string | null): readonly FactLine[] {
  const shown = facts.filter(({ fact }) => fact.path !== name);
  return groups(shown)
    .map((group) => lineOf(group))
    .filter(({ state }) => state !== 'empty');
}

/** The labels of what every source answered and none has. */
export function emptyLabels(facts: readonly FactValue[], name: string | null): readonly string[] {
  return groups(facts.filter(({ fact }) => fact.path !== name))
    .map((group) => lineOf(group))
    .filter(({ state }) => state === 'empty')
    .map(({ label }) => label);
}

/** Facts one after another in the same record, as far as they fit on a line; every other fact alone. */
function groups(facts: readonly FactValue[]): readonly (readonly FactValue[])[] {
  const byRecord = Map.groupBy(facts, ({ fact }) => recordOf(fact.path) ?? fact.path);
  return [...byRecord.values()].flatMap((group) =>
    group.length > 1 && group.length <= MOST_ON_A_LINE ? [group] : group.map((value) => [value]),
  );
}

function lineOf(group: readonly FactValue[]): FactLine {
  const [first] = group as readonly [FactValue];
  if (group.length === 1) return { path: first.fact.path, label: first.fact.label, state: first.state, parts: group };
  const path = recordOf(first.fact.path) ?? first.fact.path;
  const withValue = group.filter(({ state }) => state === 'value');
  const parts = withValue.length > 0 ? group.filter(({ state }) => state !== 'empty').toSorted(choicesFirst) : group;
  return { path, label: wordsOf(path.split('.').at(-1) ?? path), state: stateOf(group), parts };
}

/** With one value there is something to show; without, what has to be said is said: refused, failed, not yet there. */
function stateOf(group: readonly FactValue[]): ValueState {
  const states = new Set(group.map(({ state }) => state));
  return (['value', 'loading', 'failed', 'locked'] as const).find((state) => states.has(state)) ?? 'empty';
}

/** A word such as `Gold` says most, so it stands first. */
const choicesFirst = (a: FactValue, b: FactValue): number => Number(b.fact.kind === 'choice') - Number(a.fact.kind === 'choice');

function recordOf(path: string): string | null {
  const end = path.lastIndexOf('.');
  return end === -1 ? null : path.slice(0, end);
}
