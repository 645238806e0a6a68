import type { GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import { PURPOSES } from '../../capture/consent.ts';
import type { Touchpoints } from '../../capture/touchpoints.ts';
import type { Trait } from '../../model/trait.ts';
import { storedValue } from '../../offers/audiences/stored-states.ts';
import type { Gathered, RuleState } from '../../offers/rules/rule-set.ts';
import { CAPTURED, COMPUTED, type FieldBinding } from '../../profile/field-binding.ts';
import { type PageArguments, pageList } from '../../profile/page-list.ts';
import type { Profile } from '../../profile/profile.ts';
import type { WrittenCustomer } from './customer-lines.ts';
import { traitValues } from './trait-values.ts';

export interface WrittenStatesOptions {
  readonly profile: Profile;
  readonly schema: GraphQLSchema;
  readonly touchpoints: Touchpoints;
  /** The traits of rules, and those of fields with `@computed`. */
  readonly traits: readonly Trait[];
}

interface BoundField {
  readonly name: string;
  readonly binding: FieldBinding;
  /** The defaults of its arguments. */
  readonly args: PageArguments;
}

/** Pages of lists need a secret for their cursors, which nobody sees here. */
const NO_SECRET = Buffer.alloc(32);

/** What a customer agrees to of whom the file does not say it, as for a request without a signal. */
const GRANTED = Object.fromEntries(PURPOSES.map((purpose) => [purpose, true]));

/** Makes the states that rules read of customers in a file. It asks no source and no store. */
export class WrittenStates {
  readonly #options: WrittenStatesOptions;
  readonly #fields: readonly BoundField[];

  constructor(options: WrittenStatesOptions) {
    this.#options = options;
    const type = options.schema.getType('Customer');
    const declared = isObjectType(type) ? type.getFields() : {};
    this.#fields = options.profile.fieldsOf('Customer').flatMap(({ name, binding }) => {
      const field = name.slice('Customer.'.length);
      if (binding === undefined) return [];
      const args = Object.fromEntries((declared[field]?.args ?? []).map((each) => [each.name, each.defaultValue]));
      return [{ name: field, binding, args }];
    });
  }

  /** Names of the fields that a file may give. */
  get fields(): Set<string> {
    return new Set(this.#fields.map(({ name }) => name));
  }

  /** @param now the time of the request. */
  stateOf(customer: WrittenCustomer, now: Date): RuleState {
    const { touchpoints, traits } = this.#options;
    const computed = traitValues(traits, customer.interactions, now);
    const records = { [CAPTURED]: customer.attributes, [COMPUTED]: computed };
    return {
      customer: new Map(this.#fields.map((field) => [field.name, gathered(field, customer, records)])),
      assurance: customer.assurance,
      mayBeRead: customer.consent.personalisation !== false,
      attributes: { value: customer.attributes },
      journey: { value: computed },
      consent: { ...GRANTED, ...customer.consent },
      touchpoint: customer.touchpoint,
      channel: customer.touchpoint === null ? null : touchpoints.channelOf(customer.touchpoint),
      locale: customer.locale,
      now,
    };
  }
}

/** The field's value in the file; without one, what the attributes and interactions of the file answer. */
function gathered(
  { name, binding, args }: BoundField,
  { fields }: WrittenCustomer,
  records: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Gathered {
  const given = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (given !== undefined && given !== null) {
    const isList = binding.shape === 'connection' && Array.isArray(given);
    return { value: isList ? pageList(given, args, null, NO_SECRET) : given };
  }
  const sources = binding.sources.filter(({ source }) => Object.hasOwn(records, source));
  return storedValue({ ...binding, sources }, records);
}
