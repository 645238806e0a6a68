import { Touchpoints } from '../../capture/touchpoints.ts';
import { isAtLeast } from '../../model/assurance.ts';
import { decide } from '../../offers/decision/decide.ts';
import type { CompiledOffers, CompiledPlacement, DecisionSettings } from '../../offers/definition/compiled-offers.ts';
import type { RuleState } from '../../offers/rules/rule-set.ts';
import type { CompiledProject } from '../../wiring/compile-project.ts';
import type { WrittenCustomer } from './customer-lines.ts';
import { WrittenStates } from './written-states.ts';

/** What a customer would get at one placement. */
export interface GivenOffers {
  /** In their order; empty for nothing. */
  readonly names: readonly string[];
  readonly isFallback: boolean;
}

/** What a customer would get, by placement, and the audiences that they are part of. */
export interface SimulatedCustomer {
  readonly placements: ReadonlyMap<string, GivenOffers>;
  readonly audiences: readonly string[];
  /** Terms whose value does not fit its type, so that the rule has no answer. */
  readonly unknownTerms: readonly string[];
}

/** Nothing is learned in a simulation, so all offers have the same propensity. */
const PROPENSITY = 0.5;
/** A simulation draws no random numbers, so any seed does. */
const SEED = new Uint8Array(32);

/** Decides a project's offers for customers of a file, without a store, sources, caps and evidence. */
export class SimulatedOffers {
  readonly #offers: CompiledOffers;
  readonly #settings: DecisionSettings;
  readonly #states: WrittenStates;

  /** @throws Error for a project without placements. */
  constructor({ offers, config, profile, schema, traits }: CompiledProject) {
    if (offers === null || offers.placements.size === 0)
      throw new Error('offers simulate: expected a project with placements, this one has none: add placements to its configuration');
    this.#offers = offers;
    this.#settings = withoutChance(offers.settings);
    const touchpoints = new Touchpoints(config.touchpoints);
    this.#states = new WrittenStates({ profile, schema, touchpoints, traits: [...traits, ...offers.traits] });
  }

  /** Names of the fields of `Customer` that a file may give. */
  get fields(): Set<string> {
    return this.#states.fields;
  }

  get placements(): CompiledPlacement[] {
    return [...this.#offers.placements.values()];
  }

  get audiences(): readonly string[] {
    return this.#offers.audienceNames;
  }

  decideFor(customer: WrittenCustomer, at: Date): SimulatedCustomer {
    const state = this.#states.stateOf(customer, at);
    const unknownTerms = new Set<string>();
    const placements = this.placements.map((placement): [string, GivenOffers] => [
      placement.placement.name,
      this.#decide(placement, state, unknownTerms),
    ]);
    const isPartOf = this.#offers.audiences.over(state);
    const audiences = this.#offers.audienceNames.filter((name) => isPartOf(name).kind === 'TRUE');
    return { placements: new Map(placements), audiences, unknownTerms: [...unknownTerms] };
  }

  #decide(placement: CompiledPlacement, state: RuleState, unknownTerms: Set<string>): GivenOffers {
    const verdictOf = placement.rules.over(state);
    const { chosen, isFallback } = decide(
      placement,
      {
        now: state.now.getTime(),
        channel: state.channel,
        seed: SEED,
        isControl: false,
        isAdmitted: isAtLeast(state.assurance, placement.placement.min),
        verdictOf: ({ name }) => {
          const verdict = verdictOf(name);
          if (verdict.kind === 'UNKNOWN') unknownTerms.add(verdict.term);
          return verdict;
        },
        counts: new Map(placement.offers.map(({ name, caps }) => [name, caps.map(() => 0)])),
        refused: new Set(),
        evidenceOf: () => ({ presented: 0, responded: 0 }),
      },
      this.#settings,
    );
    return { names: chosen.map(({ name }) => name), isFallback };
  }
}

/** The same settings without random numbers: a simulation shows the effect of rules, and the same file gives the same result. */
function withoutChance({ rank, ...settings }: DecisionSettings): DecisionSettings {
  return {
    ...settings,
    control: 0,
    exploration: 0,
    ranksByPropensity: false,
    rank: ({ value, priority }) => rank({ propensity: PROPENSITY, value, priority }),
  };
}
