import type { CustomerId } from '../../model/customer.ts';
import type { Attribute, AttributeStore, TraitStore } from '../../model/ports.ts';
import type { Trait } from '../../model/trait.ts';
import { CAPTURED, COMPUTED, type FieldBinding } from '../../profile/field-binding.ts';
import type { Profile } from '../../profile/profile.ts';
import { partOf } from '../../profile/read-field.ts';
import type { Gathered, RuleReads, RuleState } from '../rules/rule-set.ts';

/** What rules read of a customer, apart from the request. */
export type StoredReads = Pick<RuleReads, 'customer' | 'attributes' | 'traits'>;

export interface StoredStatesOptions {
  readonly store: AttributeStore & TraitStore;
  /** What the rules read. Of the fields of `Customer`, only those that attributes and traits answer. */
  readonly reads: StoredReads;
  /** The traits of the rules, and those of fields with `@computed`: what the store counts. */
  readonly traits: readonly Trait[];
  readonly profile: Profile;
}

/** A field of `Customer` that the gateway's own store answers. */
interface StoredField {
  readonly name: string;
  readonly binding: FieldBinding;
}

const NOTHING: Gathered = { value: {} };

/** Reads what rules need of customers without a request: from the store only, with one call of each kind for many customers. */
export class StoredStates {
  readonly #store: StoredStatesOptions['store'];
  readonly #fields: readonly StoredField[];
  readonly #readsAttributes: boolean;
  readonly #traits: readonly Trait[];
  readonly #ruleTraits: readonly string[];

  /** @throws TypeError for a field that needs a back end: its rule cannot be evaluated here. */
  constructor({ store, reads, traits, profile }: StoredStatesOptions) {
    this.#store = store;
    this.#fields = reads.customer.map((name) => storedField(profile, name));
    const sources = new Set(this.#fields.flatMap(({ binding }) => binding.sources.map(({ source }) => source)));
    this.#readsAttributes = reads.attributes || sources.has(CAPTURED);
    this.#ruleTraits = reads.traits;
    const needed = new Set([...reads.traits, ...this.#fields.flatMap(({ binding }) => computedNames(binding))]);
    this.#traits = traits.filter(({ name }) => needed.has(name));
  }

  /**
   * @returns the states of customers, in the order of the ids. There is no request, so touchpoint, channel and locale are null. The
   * assurance is `RECOGNIZED`, because everything that is stored of a customer was proven.
   */
  async of(ids: readonly CustomerId[], now: Date): Promise<RuleState[]> {
    const [attributes, traits] = await Promise.all([
      this.#readsAttributes ? this.#store.findAttributes(ids) : undefined,
      this.#traits.length > 0 ? this.#store.findTraits(ids, this.#traits, now) : undefined,
    ]);
    return ids.map((_, index) => this.#stateOf(recordOf(attributes?.[index] ?? []), traits?.[index] ?? {}, now));
  }

  #stateOf(captured: Readonly<Record<string, unknown>>, computed: Readonly<Record<string, unknown>>, now: Date): RuleState {
    const records = { [CAPTURED]: captured, [COMPUTED]: computed };
    return {
      customer: new Map(this.#fields.map(({ name, binding }) => [name, storedValue(binding, records)])),
      assurance: 'RECOGNIZED',
      mayBeRead: true,
      attributes: this.#readsAttributes ? { value: captured } : NOTHING,
      journey: { value: Object.fromEntries(this.#ruleTraits.map((name) => [name, computed[name] ?? null])) },
      consent: {},
      touchpoint: null,
      channel: null,
      locale: null,
      now,
    };
  }
}

function storedField(profile: Profile, name: string): StoredField {
  const binding = profile.field(`Customer.${name}`)?.binding;
  const isStored = binding?.sources.every(({ source }) => source === CAPTURED || source === COMPUTED);
  if (binding === undefined || isStored !== true)
    throw new TypeError(`expected a field of Customer that only ${CAPTURED} and ${COMPUTED} answer, received ${name}`);
  return { name, binding };
}

function computedNames({ sources }: FieldBinding): string[] {
  return sources.flatMap(({ source, path }) => (source === COMPUTED && path?.[0] !== undefined ? [path[0]] : []));
}

/** The first value that is not null, in the order of the bindings, as for a query: one that makes no sense counts only where no other has one. */
export function storedValue(field: FieldBinding, records: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Gathered {
  let failed: string | null = null;
  for (const binding of field.sources) {
    const { source } = binding;
    try {
      const value = partOf(field, binding, { record: records[source] ?? null });
      if (value !== null && value !== undefined) return { value, source };
    } catch {
      // A text that should be JSON and is not. A query answers SOURCE_INVALID for it.
      failed ??= source;
    }
  }
  return failed === null ? { value: null } : { failed };
}

function recordOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}
