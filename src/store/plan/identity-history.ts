import { isChange, NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type { FormerCustomer, IdentityChanges, IdentityDecision, IdentityEvent } from '../../model/identity.ts';
import { broughtBy, keepChanges } from '../kept-changes.ts';
import { identityEventHash } from '../keyed-hashes.ts';
import type { GraphDraft } from './graph-draft.ts';

/** What caused a change. */
interface Cause {
  readonly source: string;
  /** Who decided: the subject of their token; null for a change that no person decided. */
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurredAt: Date;
  /** The identifiers that were seen together, or that a person named. */
  readonly evidence: readonly Identifier[];
}

/**
 * How long an identity event is remembered, in milliseconds: 400 days, the longest that a browser keeps a cookie
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#section-5.5). Sent again later, it is evidence of
 * its time like any other.
 */
export const REMEMBERED_MS = 400 * 24 * 60 * 60 * 1_000;
/** How many events are forgotten at most with one that is remembered: more than come, so that old ones go in small parts. */
const FORGOTTEN_AT_ONCE = 4;

/**
 * @returns what an event meant when it was first sent, or a refusal where its customer was erased since; null for one that
 * is new or can't be recognised.
 */
export function replayed({ facts }: GraphDraft, { eventId, identifiers }: IdentityEvent): IdentityDecision | null {
  if (eventId === null) return null;
  const remembered = facts.rememberedEvent(identityEventHash(facts.secret, eventId, identifiers));
  if (remembered === undefined) return null;
  const { customer, refusedType } = remembered;
  if (customer === null) return { kind: 'refused', type: refusedType };
  // The erasure counts of the id that the event was recorded for: that id may lead to a customer who lives.
  if (customer.isErased) return { kind: 'refused', type: null };
  return { ...NO_CHANGES, rule: 'REPLAY', customerId: customer.root };
}

/** Remembers what an event meant, if it changed something or can be sent again. */
export function recordDecision(draft: GraphDraft, event: IdentityEvent, decision: IdentityDecision): void {
  const { eventId, source, occurredAt, identifiers } = event;
  if (eventId !== null) {
    const at = draft.now();
    const [customerId, refusedType] = decision.kind === 'refused' ? [null, decision.type] : [decision.customerId, null];
    const hash = identityEventHash(draft.facts.secret, eventId, identifiers);
    draft.write({ kind: 'insert-remembered-event', hash, customerId, refusedType, at });
    draft.write({ kind: 'forget-remembered-events', before: at - REMEMBERED_MS, limit: FORGOTTEN_AT_ONCE });
  }
  if (decision.kind === 'changes' && isChange(decision)) {
    recordChange(draft, decision, { source, actor: null, reason: null, occurredAt, evidence: identifiers });
  }
}

/** Adds a change to the history of everybody whom it changed. */
export function recordChange(draft: GraphDraft, changes: IdentityChanges, cause: Cause): void {
  const { customerId, rule, moved } = changes;
  const { source, actor, reason, occurredAt, evidence } = cause;
  const { text, mentions } = keepChanges(changes, evidence);
  const event = {
    ...{ kind: 'insert-identity-event' as const, id: draft.freshId(), recordedAt: draft.now(), customerId, rule },
    ...{ source, actor, reason, occurredAt: occurredAt.getTime(), changes: text, mentions },
  };
  for (const changed of new Set([customerId, ...moved.map(({ from }) => from)])) draft.write({ ...event, changed });
}

/** True where the history of any customer names an identifier. @param key the identifier's. */
export function isMentioned({ facts, written }: GraphDraft, key: string): boolean {
  return facts.isMentioned(key) || written.some((write) => write.kind === 'insert-identity-event' && write.mentions.has(key));
}

/** Who is an alias of this customer by now, with what they brought when they became one; the last time counts. */
export function formerCustomersOf(draft: GraphDraft, root: CustomerId): FormerCustomer[] {
  const { facts } = draft;
  const bases = draft.basesOf(root);
  const createdAt = new Map<CustomerId, number>();
  for (const base of bases) {
    for (const alias of [{ id: base, createdAt: draft.customer(base)?.createdAt ?? 0 }, ...facts.aliasesOf(base)]) {
      if (alias.id !== root && draft.rootOf(alias.id, base) === root) createdAt.set(alias.id, alias.createdAt);
    }
  }
  const kept = bases
    .flatMap((base) => facts.changesOf(base).map((row) => ({ ...row, isTheirs: draft.rootOf(row.customerId, base) === root })))
    .filter(({ isTheirs }) => isTheirs)
    .sort((a, b) => a.recordedAt - b.recordedAt || (a.eventId < b.eventId ? -1 : 1))
    .map(({ eventId: id, into, occurredAt, changes }) => ({ id, into, occurredAt, changes }));
  const added = [];
  for (const write of draft.written) {
    if (write.kind === 'insert-customer' && write.id !== root && draft.rootOf(write.id, write.id) === root) {
      createdAt.set(write.id, write.createdAt);
    }
    if (write.kind === 'insert-identity-event' && draft.customer(write.changed)?.root === root) {
      added.push({ id: write.id, into: write.customerId, occurredAt: write.occurredAt, changes: write.changes });
    }
  }
  const former = new Map<CustomerId, FormerCustomer>();
  for (const { into, occurredAt, changes } of new Map([...kept, ...added].map((row) => [row.id, row])).values()) {
    for (const each of broughtBy(changes, new Date(occurredAt), into)) {
      const created = createdAt.get(each.id);
      if (created !== undefined) former.set(each.id, { ...each, createdAt: new Date(created) });
    }
  }
  return [...former.values()];
}
