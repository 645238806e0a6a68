import { purposesOf } from '../../capture/consent.ts';
import { isProven } from '../../model/assurance.ts';
import type { ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError, SourceError } from '../../model/errors.ts';
import { CAPTURED, JOURNEY } from '../../profile/field-binding.ts';
import { type JourneyArguments, journeyArguments } from '../../profile/journey-source.ts';
import type { Profile } from '../../profile/profile.ts';
import type { OfferScope } from '../offer-scope.ts';
import type { Gathered, RuleSet, RuleState } from '../rules/rule-set.ts';

type Arguments = Readonly<Record<string, unknown>>;

const NO_FIELDS: ReadonlyMap<string, Gathered> = new Map();
const NOTHING: Gathered = { value: {} };

/** Reads what the rules of a set need of a customer. What that is, is known since the rules were compiled. */
export class RuleInputs {
  readonly #profile: Profile;
  readonly #rules: Pick<RuleSet, 'reads' | 'argumentsOf'>;
  readonly #journey: JourneyArguments;

  constructor(profile: Profile, rules: Pick<RuleSet, 'reads' | 'argumentsOf'>) {
    this.#profile = profile;
    this.#rules = rules;
    this.#journey = journeyArguments(rules.reads.traits);
  }

  /**
   * Asks all sources at the same time, through the request's own reader: each source once for the whole operation, in batches that
   * requests share. For a customer whom rules may not read, no source is asked.
   * @throws GatewayError when the operation has gone beyond one of its limits.
   */
  async gather(scope: OfferScope, customer: ResolvedCustomer, now: Date): Promise<RuleState> {
    const { consent, touchpoint, channel, locale } = scope;
    const { mayBeReadByRules } = consent;
    const known = {
      assurance: customer.assurance,
      mayBeRead: mayBeReadByRules,
      consent: purposesOf(consent),
      ...{ touchpoint, channel, locale, now },
    };
    if (!mayBeReadByRules || !isProven(customer.assurance)) return { ...known, customer: NO_FIELDS, attributes: NOTHING, journey: NOTHING };
    const { reads } = this.#rules;
    const [fields, attributes, journey] = await Promise.all([
      Promise.all(reads.customer.map(async (name) => [name, await this.#field(scope, customer, name)] as const)),
      reads.attributes ? recordOf(scope, CAPTURED, customer, {}) : NOTHING,
      reads.traits.length > 0 ? recordOf(scope, JOURNEY, customer, this.#journey) : NOTHING,
    ]);
    return { ...known, customer: new Map(fields), attributes, journey };
  }

  async #field(scope: OfferScope, customer: ResolvedCustomer, name: string): Promise<Gathered> {
    try {
      const answer = await this.#profile.read(scope, customer, name, this.#rules.argumentsOf(name));
      return answer === null ? { value: null } : { value: answer.value, source: answer.source };
    } catch (error) {
      return withheldOrFailed(error, name);
    }
  }
}

async function recordOf({ profile }: OfferScope, source: string, { id }: ResolvedCustomer, args: Arguments): Promise<Gathered> {
  try {
    return { value: (await profile.sources.ask(source, id, args, null, null).promise()).record ?? {} };
  } catch (error) {
    return withheldOrFailed(error, source);
  }
}

/** Codes of `Profile.read` for a field that this viewer may not see of this customer. */
const REFUSED: readonly string[] = ['FORBIDDEN', 'INSUFFICIENT_ASSURANCE', 'UNAUTHENTICATED'];

/**
 * Makes the rules that read this UNKNOWN: its source failed, or this viewer may not see it. The check at start refuses rules over
 * fields that a viewer of the placement may not see. So the second case is that of a viewer to whom a placement of others is explained.
 */
function withheldOrFailed(error: unknown, name: string): Gathered {
  if (error instanceof SourceError) return { failed: String(error.details.source) };
  if (error instanceof GatewayError && REFUSED.includes(error.code)) return { failed: name, isRefused: true };
  throw error;
}
