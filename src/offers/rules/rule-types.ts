import type { DataRecord } from '../../adapters/data-adapter.ts';
import { isRecord } from '../../adapters/values.ts';
import { propertyOf } from '../../profile/profile.ts';
import type { LeafType } from './leaf-type.ts';
import type { Reading } from './reading.ts';

/** What a rule knows of the values of a field. */
export type RuleType =
  | (LeafType & { readonly kind: 'leaf' })
  | { readonly kind: 'list'; readonly cel: string; readonly of: RuleType }
  | { readonly kind: 'record'; readonly cel: string; readonly record: RecordType };

/** An object type of the schema, as rules see it. */
export interface RecordType {
  /** In the schema. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, RecordField>;
  /** Makes what cel-js reads: an object whose class it knows. */
  readonly wrap: (record: DataRecord, source: string, reading: Reading) => object;
  readonly wrapper: new (...parameters: never[]) => object;
}

export interface RecordField {
  /** Null where rules cannot read it. */
  readonly type: RuleType | null;
  /** Why rules cannot read it, as the end of a sentence; null where they can. */
  readonly problem: string | null;
}

/** Items of a list. Rules over a longer one are not evaluated, because a loop within a loop takes the square of this number of steps. */
const MAX_ITEMS = 1_000;

/** Thrown for a list that is too long to be evaluated. */
class TooManyItems extends Error {}
const TOO_MANY_ITEMS = new TooManyItems(`expected a list of at most ${MAX_ITEMS} items`);

/**
 * A value as cel-js reads it. What is within an object is converted when it is read.
 * @param value as a source answers it, not null.
 * @param source its name.
 * @throws SourceFailure for a value that does not fit the type: the source's answer makes no sense.
 */
export function celValue(type: RuleType, value: unknown, source: string, reading: Reading): unknown {
  switch (type.kind) {
    case 'leaf':
      try {
        return type.convert(value);
      } catch {
        throw reading.failure(source);
      }
    case 'list':
      if (!Array.isArray(value)) throw reading.failure(source);
      if (value.length > MAX_ITEMS) throw TOO_MANY_ITEMS;
      // Rules see no null items.
      return value.filter((item) => item !== null && item !== undefined).map((item) => celValue(type.of, item, source, reading));
    case 'record':
      if (!isRecord(value)) throw reading.failure(source);
      return type.record.wrap(value, source, reading);
  }
}

/** An object of a source. Its private names can't be those of a field. */
class RuleRecord {
  readonly #record: DataRecord;
  readonly #source: string;
  readonly #reading: Reading;
  readonly #read = new Map<string, unknown>();

  constructor(record: DataRecord, source: string, reading: Reading) {
    this.#record = record;
    this.#source = source;
    this.#reading = reading;
  }

  static read(self: RuleRecord, name: string, type: RuleType): unknown {
    const known = self.#read.get(name);
    if (known !== undefined) return self.#reading.counted(known);
    const value = propertyOf(self.#record, name);
    if (value === null || value === undefined) return self.#reading.absent();
    const read = celValue(type, value, self.#source, self.#reading);
    self.#read.set(name, read);
    return self.#reading.counted(read);
  }
}

/** @param fields may be filled later. */
export function recordType(name: string, fields: ReadonlyMap<string, RecordField>): RecordType & { readonly define: () => void } {
  const Wrapper = class extends RuleRecord {};
  return {
    name,
    fields,
    wrapper: Wrapper,
    wrap: (record, source, reading) => new Wrapper(record, source, reading),
    define: () => {
      for (const [field, { type }] of fields) {
        if (type === null) continue;
        Object.defineProperty(Wrapper.prototype, field, {
          get(this: RuleRecord) {
            return RuleRecord.read(this, field, type);
          },
        });
      }
    },
  };
}
