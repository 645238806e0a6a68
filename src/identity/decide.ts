import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier, plain } from '../model/identifier.ts';
import type {
  IdentityChanges,
  IdentityDecision,
  IdentityEvent,
  IdentityRule,
  IdentityState,
  LeftOutReason,
  StoredCustomer,
} from '../model/identity.ts';
import { Assembly } from './assembly.ts';
import { endOfOwnership } from './end-of-ownership.ts';
import { erasedDecides } from './erased-decides.ts';
import { doubledType, type IdentityRules, orderedByStrength, overfullType, pickerOf } from './identity-rules.ts';
import { withinCapacity, withinLimits } from './keep-within.ts';
import { NO_CHANGES } from './no-changes.ts';
import { oldestFirst } from './oldest-first.ts';
import { lastMergeByPerson, withoutOverfilling, withoutSeparated } from './separation.ts';

/** Customers who become one, and what they get. */
interface Gathering {
  readonly rule: IdentityRule;
  readonly group: readonly StoredCustomer[];
  /** Of the event's identifiers, those that none of the group owns. */
  readonly arriving: readonly Identifier[];
  /** Of the event's identifiers, those that it is evidence for; `arriving` included. */
  readonly seen: readonly Identifier[];
  readonly leftOut: readonly Identifier[];
}

/**
 * What an event means: its identifiers belong to one customer. The oldest customer survives and the others
 * become its aliases; where nobody is known yet, the customer gets the id that the strongest identifier was
 * shown with. Where that would break a limit, the strongest unique identifier picks the customer, and the
 * conflict policy says what happens to the others. What a person took apart stays apart, unless the event is
 * newer. An event whose picking identifier has left the customer who had it then is that customer's, and is no evidence
 * about today. Evidence of an erased customer is refused, and an erased identifier that does not decide is left out. Pure:
 * the store applies the answer. (DESIGN, Identity 2 to 7.)
 */
export function decide(rules: IdentityRules, state: IdentityState, event: IdentityEvent): IdentityDecision {
  if (event.identifiers.length === 0 || erasedDecides(rules, event.identifiers, state.erased)) return { kind: 'refused', type: null };
  const erased = event.identifiers.filter((identifier) => state.erased.has(identifierKey(identifier)));
  const ordered = orderedByStrength(
    rules,
    event.identifiers.filter((identifier) => !erased.includes(identifier)),
  );
  const doubled = doubledType(rules, ordered);
  if (doubled !== null) return { kind: 'refused', type: doubled };

  const picker = pickerOf(rules, ordered);
  const then = state.formerOwners.get(identifierKey(picker));
  if (then !== undefined && then !== state.owners.get(identifierKey(picker))) {
    const changes = ofFormerOwner(state, ordered, then);
    return { ...changes, leftOut: [...changes.leftOut, ...because('ERASED', erased)] };
  }
  const { identifiers: joinable, separated } = withoutSeparated(state, ordered, picker);
  const { identifiers, separated: overfilling } = withoutOverfilling(rules, state, joinable, picker, event.occurredAt.getTime());
  const assembly = new Assembly(state, { ...event, identifiers }, picker);
  const everyone = assembly.ownersOf(identifiers);
  const unowned = identifiers.filter((identifier) => assembly.ownerOf(identifier) === undefined);
  const broken = overfullType(rules, assembly.candidates(everyone, unowned));
  if (broken !== null && rules.conflict === 'refuse') return { kind: 'refused', type: broken };

  const gathering =
    broken === null
      ? { rule: 'TOGETHER' as const, group: everyone, arriving: unowned, seen: identifiers, leftOut: [] }
      : rules.conflict === 'keep-first'
        ? keepFirst(rules, assembly)
        : reassignLatest(rules, assembly, everyone);
  const changes = gather(rules, assembly, gathering);
  const withoutJoining = [
    ...because('CONFLICTING_IDENTIFIERS', overfilling),
    ...because('UNLINKED', separated),
    ...because('ERASED', erased),
  ];
  return { ...changes, leftOut: [...changes.leftOut, ...withoutJoining] };
}

/**
 * The late event of a customer who has lost its picking identifier since. Like a late interaction it links nothing, founds
 * no customer, and counts as evidence for no identifier: no limit was checked for it.
 */
function ofFormerOwner(state: IdentityState, identifiers: readonly Identifier[], customerId: CustomerId): IdentityChanges {
  const others = identifiers.filter((identifier) => state.owners.get(identifierKey(identifier)) !== customerId);
  const wasTheirs = (identifier: Identifier) => state.formerOwners.get(identifierKey(identifier)) === customerId;
  return {
    ...NO_CHANGES,
    rule: 'TOGETHER',
    customerId,
    leftOut: [
      ...because('UNLINKED', others.filter(wasTheirs)),
      ...because(
        'CONFLICTING_IDENTIFIERS',
        others.filter((identifier) => !wasTheirs(identifier)),
      ),
    ],
  };
}

function because(reason: LeftOutReason, identifiers: readonly Identifier[]): IdentityChanges['leftOut'] {
  return identifiers.map(({ type, value }) => ({ type, value, reason }));
}

/**
 * Owned identifiers stay where they are; of the others, the customer gets what fits. Late evidence that would bring what
 * the customer has into one window beyond the limit does not count.
 */
function keepFirst(rules: IdentityRules, assembly: Assembly): Gathering {
  const { picker, event } = assembly;
  const group = assembly.ownersOf([picker]);
  const arriving: Identifier[] = [];
  const seen: Identifier[] = [];
  const leftOut: Identifier[] = [];
  for (const identifier of [picker, ...event.identifiers.filter((other) => other !== picker)]) {
    const owner = assembly.ownerOf(identifier);
    const coming = owner === undefined ? [identifier] : [];
    const isTheirs = owner !== undefined && owner === group[0]?.id;
    const isAnothers = owner !== undefined && !isTheirs;
    if (!isAnothers && overfullType(rules, assembly.candidates(group, [...arriving, ...coming], [...seen, identifier])) === null) {
      arriving.push(...coming);
      seen.push(identifier);
    } else if (!isTheirs) leftOut.push(identifier);
  }
  return { rule: 'KEEP_FIRST', group, arriving, seen, leftOut };
}

/**
 * Customers who fit whole become one with the picked one: an anonymous visit belongs to the person it turns
 * out to be. Of those who don't, only what is on the event moves, unless there is later evidence for where it is.
 */
function reassignLatest(rules: IdentityRules, assembly: Assembly, everyone: readonly StoredCustomer[]): Gathering {
  const { picker, at, event } = assembly;
  const group = assembly.ownersOf([picker]);
  const held = group.length === 0 ? [picker] : [];
  for (const customer of everyone) {
    if (!group.includes(customer) && overfullType(rules, assembly.candidates([...group, customer], held)) === null) group.push(customer);
  }
  const ids = new Set(group.map(({ id }) => id));
  const outside = event.identifiers.filter((identifier) => !ids.has(assembly.ownerOf(identifier) as CustomerId));
  const isSuperseded = (identifier: Identifier) => (assembly.linked(identifier)?.lastSeenAt.getTime() ?? 0) > at;
  return {
    rule: 'REASSIGN_LATEST',
    group,
    arriving: outside.filter((identifier) => !isSuperseded(identifier)),
    seen: event.identifiers,
    leftOut: outside.filter(isSuperseded),
  };
}

function gather(rules: IdentityRules, assembly: Assembly, { rule, group, arriving, seen, leftOut }: Gathering): IdentityChanges {
  const candidates = assembly.candidates(group, arriving, seen);
  const kept = withinCapacity(rules, withinLimits(rules, candidates), assembly.at > lastMergeByPerson(group));
  const keptKeys = new Set(kept.map(({ identifier }) => identifierKey(identifier)));
  const isKept = (identifier: Identifier) => keptKeys.has(identifierKey(identifier));

  const coming = arriving.filter(isKept);
  const linked = coming.filter((identifier) => assembly.ownerOf(identifier) === undefined);
  const moved = coming
    .filter((identifier) => assembly.ownerOf(identifier) !== undefined)
    .map((identifier) => ({ ...(assembly.linked(identifier) as LinkedIdentifier), from: assembly.ownerOf(identifier) as CustomerId }));
  const cut = group.flatMap(({ identifiers }) => identifiers).filter((identifier) => !isKept(identifier));
  const seenAt = new Map(candidates.map((candidate) => [identifierKey(candidate.identifier), new Date(candidate.seenAt)]));
  const customers = [...group].sort(oldestFirst);
  const survivor = customers[0]?.id ?? assembly.provisionalId(assembly.picker);
  return {
    ...NO_CHANGES,
    rule,
    customerId: survivor,
    created: customers.length === 0,
    merged: customers.slice(1).map(({ id, identifiers }) => ({ id, identifiers: identifiers.map(plain) })),
    aliases: linked.map((of) => ({ id: assembly.provisionalId(of), of })).filter(({ id }) => id !== survivor),
    linked,
    moved,
    cut,
    seen: seen.filter((identifier) => isKept(identifier) && !linked.includes(identifier)),
    leftOut: because('CONFLICTING_IDENTIFIERS', [...leftOut, ...arriving.filter((identifier) => !isKept(identifier))]),
    formerly: [
      ...moved.map((identifier) => ({ identifier: plain(identifier), until: assembly.event.occurredAt, customerId: identifier.from })),
      ...cut.map((identifier) => ({
        identifier: plain(identifier),
        until: endOfOwnership({ lastSeenAt: seenAt.get(identifierKey(identifier)) as Date }, assembly.event.occurredAt),
        customerId: assembly.ownerOf(identifier) ?? survivor,
      })),
    ],
  };
}
