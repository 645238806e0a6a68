import type DataLoader from 'dataloader';
import { yieldWhenLong } from '../../batching/event-loop.ts';
import { isAtLeast, isProven } from '../../model/assurance.ts';
import type { ResolvedCustomer } from '../../model/customer.ts';
import { decay } from '../../model/decay.ts';
import type {
  CapQuestion,
  DecidedOffer,
  Decision,
  DecisionToKeep,
  KeptDecision,
  Offer,
  OfferState,
  OfferStateQuestion,
} from '../../model/offer.ts';
import { rolesText } from '../../model/viewer.ts';
import { type Decided, decide } from '../decision/decide.ts';
import type { DecisionState, Evidence } from '../decision/decision-state.ts';
import { decisionIdOf, hourOf, inControlGroup, seedOf } from '../decision/keyed-choices.ts';
import type { CompiledPlacement, DecisionSettings } from '../definition/compiled-offers.ts';
import type { OfferObserver } from '../offer-observer.ts';
import type { OfferScope } from '../offer-scope.ts';
import type { ChoiceKeys } from './choice-keys.ts';
import { stillGiven } from './kept-choice.ts';
import type { KeptDecisions } from './kept-decisions.ts';
import type { LearnedEvidence } from './learned-evidence.ts';
import type { RuleInputs } from './rule-inputs.ts';

/** For which customer offers are chosen, at which placement, on which request. */
export interface Choice {
  readonly scope: OfferScope;
  readonly customer: ResolvedCustomer;
  readonly compiled: CompiledPlacement;
  readonly settings: DecisionSettings;
  /** How many offers are given at most. Only offers that are given are reserved. */
  readonly size: number;
}

export interface DecisionMakerOptions {
  readonly keys: ChoiceKeys;
  /** By placement. */
  readonly inputs: ReadonlyMap<string, RuleInputs>;
  readonly evidence: LearnedEvidence;
  readonly states: DataLoader<OfferStateQuestion, OfferState>;
  readonly kept: KeptDecisions;
  /** Names this process: it leases presentations of caps that everybody shares. */
  readonly holder: string;
  readonly observer: OfferObserver;
  readonly now: () => Date;
}

const NO_STATE: OfferState = { sticky: null, counts: [] };
const NO_EVIDENCE: Evidence = { presented: 0, responded: 0 };
const NONE_REFUSED: ReadonlySet<string> = new Set();

/** Makes decisions and keeps them: reads the state, calls the pure function `decide`, and reserves offers with caps. */
export class DecisionMaker {
  readonly #options: DecisionMakerOptions;

  constructor(options: DecisionMakerOptions) {
    this.#options = options;
  }

  /** The decision whose offers are given. */
  async choose(choice: Choice): Promise<Decision> {
    const now = this.#options.now();
    const { placement } = choice.compiled;
    const refused = new Set<string>();
    const state = await this.#storedChoiceState(choice, now);
    const kept = await this.#keptChoice(choice, state?.sticky ?? null, now, refused);
    const decision = kept ?? (await this.#newDecision(choice, now, state, refused));
    this.#options.observer.onDecision(placement.name, outcomeOf(decision));
    return decision;
  }

  /**
   * Decides without keeping or reserving anything.
   * @returns also the kept choice, which the customer gets instead; null where there is none.
   */
  async decide(choice: Choice): Promise<{ readonly decided: Decided; readonly kept: Decision | null }> {
    const { compiled, scope } = choice;
    const now = this.#options.now();
    const known = await this.#storedChoiceState(choice, now);
    const decided = await decideInTurn(choice, await this.#stateOf(choice, now, known));
    const sticky = decided.isControl ? null : (known?.sticky ?? null);
    if (sticky === null) return { decided, kept: null };
    const state = { mayBeRead: mayBeRead(choice), channel: scope.channel, now: now.getTime(), refused: NONE_REFUSED };
    const offers = stillGiven(compiled, sticky.offers, state);
    return { decided, kept: offers.length === 0 ? null : { ...sticky, offers } };
  }

  /** At a sticky placement the store is asked before any source, because usually it has a kept choice. Null elsewhere. */
  async #storedChoiceState(choice: Choice, now: Date): Promise<OfferState | null> {
    const { compiled, scope } = choice;
    if (compiled.placement.sticky === null || !isAdmitted(choice)) return null;
    // `Customer.sources` has to wait, because sources may be asked after this.
    const { budget } = scope.profile.sources;
    budget.paused++;
    try {
      return await this.#stored(choice, now);
    } finally {
      budget.paused--;
    }
  }

  /** The kept choice with those of its offers that may still be given; null where none may. */
  async #keptChoice(choice: Choice, sticky: Decision | null, now: Date, refused: Set<string>): Promise<Decision | null> {
    const { scope, compiled } = choice;
    if (sticky === null || this.#isControl(choice)) return null;
    const state = { mayBeRead: mayBeRead(choice), channel: scope.channel, now: now.getTime(), refused };
    let current = sticky;
    for (;;) {
      const offers = stillGiven(compiled, current.offers, state);
      if (offers.length === 0) return null;
      const decision = { ...current, offers };
      const kept = await this.#reserveAgain(choice, { ...decision, decidedAt: now });
      if (kept?.outcome === 'capped') this.#refuse(choice, kept.offers, refused);
      // Another request of this customer has replaced the choice in the meantime: nothing was reserved.
      else if (kept?.outcome === 'sticky') current = kept.decision;
      else return decision;
    }
  }

  /** A decision that is kept now; the store may refuse some of its offers, whose caps are reached, so that it is made again. */
  async #newDecision(choice: Choice, now: Date, known: OfferState | null, refused: Set<string>): Promise<Decision> {
    const state = await this.#stateOf(choice, now, known);
    // A kept choice of which no offer may be given any more is replaced.
    let replaces = known?.sticky?.id ?? null;
    for (;;) {
      const decision = this.#decisionOf(choice, now, await decideInTurn(choice, { ...state, refused }));
      const kept = await this.#options.kept.keep({ ...this.#toKeep(choice, decision), replaces });
      if (kept === null) return decision;
      if (kept.outcome === 'kept') return kept.decision;
      if (kept.outcome === 'capped') this.#refuse(choice, kept.offers, refused);
      else {
        // Another request of this customer has decided in the meantime.
        const sticky = await this.#keptChoice(choice, kept.decision, now, refused);
        if (sticky !== null) return sticky;
        replaces = kept.decision.id;
      }
    }
  }

  /**
   * Reserves the offers with caps of a kept choice again.
   * @param decision the kept one, with the present time: reservations begin now.
   * @returns null where it has no offers with caps.
   */
  async #reserveAgain(choice: Choice, decision: Decision): Promise<KeptDecision | null> {
    const toKeep = this.#toKeep(choice, decision);
    return toKeep.reserve.length === 0 ? null : this.#options.kept.keep(toKeep);
  }

  /** @throws Error where no new offer was refused: the caller would repeat the same decision for ever. */
  #refuse({ compiled }: Choice, offers: readonly string[], refused: Set<string>): void {
    const before = refused.size;
    for (const offer of offers) {
      refused.add(offer);
      this.#options.observer.onCapRefused(compiled.placement.name, offer);
    }
    if (refused.size === before) throw new Error('expected the store to refuse offers that it has not refused before, received none');
  }

  async #stateOf(choice: Choice, now: Date, known: OfferState | null): Promise<DecisionState> {
    const { scope, customer, compiled, settings } = choice;
    const { placement, rules } = compiled;
    const { keys, inputs, evidence } = this.#options;
    const isControl = this.#isControl(choice);
    const isOpen = isAdmitted(choice) && !isControl;
    const learns = isOpen && compiled.offers.length > 0 && (settings.ranksByPropensity || settings.exploration > 0);
    // The rules' sources are asked first, so in the same turn as the operation's own fields: they share batches.
    const [read, learned, stored] = await Promise.all([
      isOpen ? (inputs.get(placement.name) as RuleInputs).gather(scope, customer, now) : null,
      learns ? evidence.of(placement.name) : null,
      isOpen ? (known ?? this.#stored(choice, now)) : NO_STATE,
    ]);
    const verdictOf = read && rules.over(read);
    return {
      now: now.getTime(),
      channel: scope.channel,
      seed: seedOf(keys.seed, customer.id, placement.name, now.getTime()),
      isControl,
      isAdmitted: isAdmitted(choice),
      verdictOf: ({ name }) => (verdictOf as NonNullable<typeof verdictOf>)(name),
      counts: countsOf(compiled.offers, stored.counts),
      refused: NONE_REFUSED,
      evidenceOf: (offer) => {
        const found = learned?.get(offer);
        return found === undefined ? NO_EVIDENCE : decay(found, found.at.getTime(), hourOf(now.getTime()), settings.halfLife);
      },
    };
  }

  /** The kept choice and the counts of caps. The store is not asked where the placement has neither `sticky` nor caps. */
  async #stored({ customer, compiled }: Choice, at: Date): Promise<OfferState> {
    const caps = capsOf(compiled.offers);
    if (caps.length === 0 && compiled.placement.sticky === null) return NO_STATE;
    return this.#options.states.load({ customerId: customer.id, placement: compiled.placement.name, at, caps });
  }

  #isControl({ customer, settings }: Choice): boolean {
    return inControlGroup(this.#options.keys.control, customer.id, settings.control);
  }

  #decisionOf(choice: Choice, now: Date, decided: Decided): Decision {
    const { scope, customer, compiled } = choice;
    const { placement } = compiled;
    const { chosen, isFallback, isControl, inputs } = decided;
    const keptFor = isFallback || !mayStore(choice) ? null : placement.sticky;
    const base = { customerId: customer.id, placement: placement.name, touchpoint: scope.touchpoint };
    return {
      ...base,
      id: decisionIdOf(this.#options.keys.seed, { ...base, decidedAt: now.getTime(), keptFor, isFallback, isControl, offers: chosen }),
      decidedAt: now,
      stickyUntil: keptFor === null ? null : new Date(now.getTime() + keptFor),
      viewerRole: rolesText(scope.viewer),
      offers: chosen,
      ...{ isControl, isFallback, inputs },
    };
  }

  #toKeep(choice: Choice, decision: Decision): DecisionToKeep {
    const { compiled, size } = choice;
    const given = decision.isFallback ? [] : decision.offers.slice(0, size);
    return {
      decision,
      reserve: given.flatMap(({ name }) => reservationOf(compiled.offers, name)),
      mayStore: mayStore(choice),
      holder: this.#options.holder,
    };
  }
}

/**
 * Hundreds of decisions of one operation may get their state at the same time, and one over a thousand offers takes a millisecond. So
 * each one checks first whether the turn of the event loop has lasted too long.
 */
async function decideInTurn({ compiled, settings }: Choice, state: DecisionState): Promise<Decided> {
  const turn = yieldWhenLong();
  // Not `await` in any case: all decisions that are due would find the turn short, before the first of them is made.
  if (turn !== undefined) await turn;
  return decide(compiled, state, settings);
}

function isAdmitted({ customer, compiled }: Choice): boolean {
  return isAtLeast(customer.assurance, compiled.placement.min);
}

/** Nothing is stored of a visitor whose cookie has not come back yet, nor of a claimed customer. */
function mayStore({ scope, customer }: Choice): boolean {
  return scope.consent.mayStore && isProven(customer.assurance);
}

function mayBeRead({ scope, customer }: Choice): boolean {
  return scope.consent.mayBeReadByRules && isProven(customer.assurance);
}

function capsOf(offers: readonly Offer[]): CapQuestion[] {
  return offers.flatMap(({ name, caps }) => caps.map((cap) => ({ offer: name, cap })));
}

/** By offer, from counts in the order of `capsOf`. */
function countsOf(offers: readonly Offer[], counts: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const byOffer = new Map<string, readonly number[]>();
  let at = 0;
  for (const { name, caps } of offers) {
    if (caps.length > 0) byOffer.set(name, counts.slice(at, at + caps.length));
    at += caps.length;
  }
  return byOffer;
}

function reservationOf(offers: readonly Offer[], name: string): DecisionToKeep['reserve'] {
  const caps = offers.find((each) => each.name === name)?.caps ?? [];
  return caps.length === 0 ? [] : [{ offer: name, caps }];
}

function outcomeOf({ isControl, isFallback, offers }: { isControl: boolean; isFallback: boolean; offers: readonly DecidedOffer[] }) {
  if (offers.length === 0) return 'none';
  if (isControl) return 'control';
  return isFallback ? 'fallback' : 'ranked';
}
