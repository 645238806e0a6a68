import type { CommonAdapterOptions, DataAdapter, InstantUnit, KeyAnswer } from './data-adapter.ts';
import { type AddOffset, inTimeZone } from './time-zone.ts';

type Load = DataAdapter['load'];
type Entries = Readonly<Record<string, unknown>>;

/** Levels of a record that are searched for times. No field reads deeper (`limits.depth`). */
const MAX_DEPTH = 16;
/** Milliseconds. JavaScript's last date (ECMAScript, Time Values and Time Range). */
const LAST_INSTANT = 8.64e15;

/**
 * The same `load`, with the times of its answers as `timeZone` and `instants` say. The original records are not changed,
 * because an owner's `load` may go on using them.
 */
export function readTimes(load: Load, { timeZone, instants }: Pick<CommonAdapterOptions, 'timeZone' | 'instants'>): Load {
  if (timeZone === undefined && instants === undefined) return load;
  const addOffset = timeZone === undefined ? null : inTimeZone(timeZone);
  const numbers = Object.entries(instants ?? {}).map(([path, unit]) => ({ path: path.split('.'), unit }));
  const read = (answer: KeyAnswer): KeyAnswer => {
    if (answer === null || answer === undefined || answer instanceof Error) return answer;
    let value: unknown = answer;
    for (const { path, unit } of numbers) value = withInstant(value, path, 0, unit);
    return (addOffset === null ? value : withOffsets(value, addOffset, 0)) as KeyAnswer;
  };
  return async (keys, context) => {
    const answers: unknown = await load(keys, context);
    // Anything but a list is reported by `checkAnswers`.
    return Array.isArray(answers) ? answers.map(read) : (answers as KeyAnswer[]);
  };
}

/** The value with instants in place of the numbers at a path. A copy where anything changes. */
function withInstant(value: unknown, path: readonly string[], depth: number, unit: InstantUnit): unknown {
  if (Array.isArray(value)) return mapList(value, (item) => withInstant(item, path, depth, unit));
  const name = path[depth];
  if (name === undefined) return toInstant(value, unit);
  if (!isEntries(value) || !Object.hasOwn(value, name)) return value;
  const changed = withInstant(value[name], path, depth + 1, unit);
  return changed === value[name] ? value : { ...value, [name]: changed };
}

/** Any other value than a number, or the text of a number, stays as it is. */
function toInstant(value: unknown, unit: InstantUnit): unknown {
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  if (!isNumber) return value;
  const milliseconds = Number(value) * (unit === 'seconds' ? 1_000 : 1);
  return Math.abs(milliseconds) <= LAST_INSTANT ? new Date(milliseconds) : value;
}

/** The value with an offset at each time that has none. A copy where anything changes. */
function withOffsets(value: unknown, addOffset: AddOffset, depth: number): unknown {
  if (typeof value === 'string') return addOffset(value);
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return mapList(value, (item) => withOffsets(item, addOffset, depth + 1));
  if (!isEntries(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const changed = withOffsets(value[name], addOffset, depth + 1);
    if (changed === value[name]) continue;
    copy ??= { ...value };
    copy[name] = changed;
  }
  return copy ?? value;
}

function mapList(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const changed = list.map(change);
  return changed.some((item, index) => item !== list[index]) ? changed : list;
}

/** True for records and the objects in them; false for dates, bytes and a driver's own objects. */
function isEntries(value: unknown): value is Entries {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
