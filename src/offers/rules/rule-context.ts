import { isRecord } from '../../adapters/values.ts';
import { CAPTURED, JOURNEY } from '../../profile/field-binding.ts';
import type { CustomerField } from './customer-type.ts';
import { countTrait, lastTrait, parseWindow } from './journey-traits.ts';
import { ABSENT_VALUE, Reading } from './reading.ts';
import type { Gathered, RuleState } from './rule-set.ts';
import { celValue } from './rule-types.ts';

/** The variables of rules over one state, as cel-js reads them. A value is read when a term needs it. */
export class RuleContext {
  readonly state: RuleState;
  readonly reading = new Reading();
  readonly customer: object;
  readonly journey: Journey;
  readonly consent: object;
  #attributes: Readonly<Record<string, unknown>> | undefined;

  constructor(state: RuleState, classes: RuleClasses) {
    this.state = state;
    this.customer = new classes.Customer(state, this.reading);
    this.journey = new Journey(state, this.reading);
    this.consent = new classes.Consent(state, this.reading);
  }

  /** Attributes that are not null. */
  get attributes(): Readonly<Record<string, unknown>> {
    this.#attributes ??= presentIn(objectOf(this.state.attributes, CAPTURED, this.reading), this.reading);
    return this.#attributes;
  }

  get touchpoint(): string | undefined {
    return this.state.touchpoint ?? this.reading.absent();
  }

  get channel(): string | undefined {
    return this.state.channel ?? this.reading.absent();
  }

  get locale(): string | undefined {
    return this.state.locale ?? this.reading.absent();
  }

  get now(): Date {
    return this.state.now;
  }
}

function objectOf(gathered: Gathered, source: string, reading: Reading): Readonly<Record<string, unknown>> {
  if ('failed' in gathered) throw reading.failure(gathered.failed);
  if (isRecord(gathered.value)) return gathered.value;
  throw reading.failure(source);
}

function presentIn(values: Readonly<Record<string, unknown>>, reading: Reading): Readonly<Record<string, unknown>> {
  const present: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') Object.defineProperty(present, name, { enumerable: true, get: () => reading.counted(value) });
    else present[name] = value;
  }
  return present;
}

/** What `journey` is in a rule. */
export class Journey {
  readonly #state: RuleState;
  readonly #reading: Reading;

  constructor(state: RuleState, reading: Reading) {
    this.#state = state;
    this.#reading = reading;
  }

  count(type: string, window: string): bigint {
    const count = this.#valueOf(countTrait(type, parseWindow(window)).name);
    if (typeof count === 'number' && Number.isInteger(count)) return BigInt(count);
    throw this.#reading.failure(JOURNEY);
  }

  /** Milliseconds ago. @throws ABSENT_VALUE if there was none. */
  last(type: string): bigint {
    const last = this.#valueOf(lastTrait(type).name);
    if (last === null || last === undefined) throw ABSENT_VALUE;
    const at = typeof last === 'string' || last instanceof Date ? new Date(last).getTime() : Number.NaN;
    if (Number.isNaN(at)) throw this.#reading.failure(JOURNEY);
    // The clock of a touchpoint may be ahead of the gateway's.
    return BigInt(Math.max(0, this.#state.now.getTime() - at));
  }

  #valueOf(trait: string): unknown {
    return objectOf(this.#state.journey, JOURNEY, this.#reading)[trait];
  }
}

type StateClass = new (state: RuleState, reading: Reading) => object;

/** The classes by which cel-js knows what `customer` and `consent` are. */
export interface RuleClasses {
  readonly Customer: StateClass;
  readonly Consent: StateClass;
}

/** An object whose fields are read from a state, each at most once. Its private names can't be those of a field. */
class StateReader {
  readonly #state: RuleState;
  readonly #reading: Reading;
  readonly #read = new Map<string, unknown>();

  constructor(state: RuleState, reading: Reading) {
    this.#state = state;
    this.#reading = reading;
  }

  static read(self: StateReader, name: string, read: (state: RuleState, reading: Reading) => unknown): unknown {
    const known = self.#read.get(name);
    if (known !== undefined) return self.#reading.counted(known);
    const value = read(self.#state, self.#reading);
    if (value === undefined) return self.#reading.absent();
    self.#read.set(name, value);
    return self.#reading.counted(value);
  }
}

/** @param fields those of the customer that rules can read. */
export function ruleClasses(fields: ReadonlyMap<string, CustomerField>, purposes: readonly string[]): RuleClasses {
  const Customer = class extends StateReader {};
  for (const [name, field] of fields) define(Customer, name, (state, reading) => fieldValue(name, field, state, reading));
  define(Customer, 'assurance', ({ assurance }) => assurance);
  const Consent = class extends StateReader {};
  for (const name of purposes) define(Consent, name, ({ consent }) => (Object.hasOwn(consent, name) ? consent[name] : undefined));
  return { Customer, Consent };
}

function define(type: StateClass, name: string, read: (state: RuleState, reading: Reading) => unknown): void {
  Object.defineProperty(type.prototype, name, {
    get(this: StateReader) {
      return StateReader.read(this, name, read);
    },
  });
}

/** Undefined for a value that the customer does not have. */
function fieldValue(name: string, { type, sources }: CustomerField, { customer }: RuleState, reading: Reading): unknown {
  const gathered = customer.get(name);
  if (gathered === undefined) return undefined;
  if ('failed' in gathered) throw reading.failure(gathered.failed, gathered.isRefused);
  const { value } = gathered;
  if (value === null || value === undefined) return undefined;
  return celValue(type, value, gathered.source ?? (sources[0] as string), reading);
}
