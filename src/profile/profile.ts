import type { DataRecord } from '../adapters/data-adapter.ts';
import type { Eventual } from '../batching/eventual.ts';
import type { ResolvedCustomer } from '../model/customer.ts';
import type { Viewer } from '../model/viewer.ts';
import type { SourceAnswer } from '../sources/source-answer.ts';
import { type AccessRule, requireAccess, requireAccessOutside } from './access.ts';
import type { DeclaredCost } from './declared-cost.ts';
import type { FieldBinding } from './field-binding.ts';
import { ListEdge } from './page-list.ts';
import { type FieldAnswer, type FieldPosition, type FieldReading, type ProfileReader, readFieldNow, untilRead } from './read-field.ts';

/** A field of the owner's schema that sources answer. */
export interface ProfileField {
  /** `Customer.orders` */
  readonly name: string;
  /** Who may see it; null for a field below `Customer` without a rule of its own, whose parent was guarded. */
  readonly rule: AccessRule | null;
  /** Where its value is read; undefined for a property of the record that it stands in. */
  readonly binding: FieldBinding | undefined;
  /** What it counts, where the owner says so. */
  readonly cost?: DeclaredCost | undefined;
}

/** Of which request fields are read: who asks, and the calls to sources that its operation shares. */
export interface ReadingScope {
  readonly viewer: Viewer;
  readonly profile: ProfileReader;
}

const NO_NEEDS: FieldPosition['needs'] = new Map();

/**
 * What the owner wrote about the fields of customers, and the only way to read them: every read is checked against the
 * field's access rule here, whether GraphQL, an export or an offer asks.
 */
export class Profile {
  readonly #byName: ReadonlyMap<string, ProfileField>;

  /** @param fields each once. */
  constructor(fields: Iterable<ProfileField>) {
    this.#byName = new Map([...fields].map((field) => [field.name, field]));
  }

  /** The fields of all types. */
  get fields(): Iterable<ProfileField> {
    return this.#byName.values();
  }

  /** @returns the fields of an object type, in the order of the schema; none for a type that the owner did not write. */
  fieldsOf(type: string): ProfileField[] {
    return [...this.#byName.values()].filter(({ name }) => name.startsWith(`${type}.`));
  }

  /** @param name `Customer.orders` */
  field(name: string): ProfileField | undefined {
    return this.#byName.get(name);
  }

  /**
   * Reads a bound field of a customer, outside of GraphQL. It asks for whole records: what an operation already read of
   * selected fields is asked for again.
   * @param name the field's without its type: `orders`.
   * @param args its arguments by name, in the form in which resolvers receive them.
   * @returns the value as the source answers it, and where it came from; null when no source has one.
   * @throws GatewayError when the viewer may not see it; SourceError when the sources failed; TypeError for a field without
   * a binding.
   */
  async read(scope: ReadingScope, customer: ResolvedCustomer, name: string, args: FieldPosition['args'] = {}): Promise<FieldAnswer | null> {
    const field = this.#byName.get(`Customer.${name}`);
    if (field?.binding === undefined) {
      const bound = this.fieldsOf('Customer').flatMap((each) => (each.binding ? [each.name] : []));
      throw new TypeError(`expected a field of Customer with @from or @computed (${bound.join(', ')}), received ${JSON.stringify(name)}`);
    }
    const position = { customer, parent: null, args, needs: NO_NEEDS };
    return untilRead((waitedFor) => readBound(field, scope, position, false, waitedFor));
  }
}

/**
 * Reads a bound field without a promise. What is not there yet is asked for, and to be read again when it is there.
 * @param isAdmitted true when the rule was checked before: by `admitOutside`.
 * @param waitedFor what the reading before had to wait for.
 * @throws GatewayError when the viewer may not see it; SourceError when the sources failed.
 */
export function readBound(
  field: ProfileField,
  { viewer, profile }: ReadingScope,
  position: FieldPosition,
  isAdmitted: boolean,
  waitedFor?: Eventual<SourceAnswer>,
): FieldReading {
  // What was waited for was admitted before.
  if (!isAdmitted && waitedFor === undefined) admit(field, viewer, position.customer);
  return readFieldNow(profile, field.binding as FieldBinding, position, waitedFor);
}

/**
 * Checks a field's access rule.
 * @param customer of whom the value is; null outside of customers, where only a field without a rule is admitted.
 * @throws GatewayError when the viewer may not see it.
 */
export function admit({ name, rule }: Pick<ProfileField, 'name' | 'rule'>, viewer: Viewer, customer: ResolvedCustomer | null): void {
  if (rule === null) return;
  if (customer === null) throw new Error(`${name}: expected a field outside of customers to be admitted by admitOutside`);
  requireAccess(rule, viewer, customer, name);
}

/**
 * The same for a field that stands in no customer: one of `Query` or `Mutation`, or of a record that such a field answers.
 * @param own reads the request's customer.
 */
export async function admitOutside(
  { name, rule }: Pick<ProfileField, 'name' | 'rule'>,
  viewer: Viewer,
  own: Parameters<typeof requireAccessOutside>[2],
): Promise<void> {
  if (rule !== null) await requireAccessOutside(rule, viewer, own, name);
}

/**
 * A field that is a property of the record it stands in. Own properties only: a record is data, and `constructor` is a name
 * that a field may have. The edge of a list makes its cursor when it is read.
 */
export function propertyOf(record: DataRecord, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  return name === 'cursor' && record instanceof ListEdge ? record.cursor : undefined;
}
