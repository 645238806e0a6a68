import type { CustomerId } from '../model/customer.ts';
import type { Identifier, LinkedIdentifier } from '../model/identifier.ts';
import type { IdentityRecord, IdentityRule, StoredCustomer } from '../model/identity.ts';
import type { StoredInteraction } from '../model/interaction.ts';
import type { Attribute } from '../model/ports.ts';
import { readKeptChanges, withoutValues } from './kept-changes.ts';

/*
 * Rows as every store answers them, and what the model calls them. Times are in milliseconds; columns with JSON hold its text.
 */

/** A customer, found by any id that they ever had. */
export interface CustomerRow {
  /** The id that was asked for. */
  readonly asked: CustomerId;
  readonly id: CustomerId;
  readonly created_at: number;
  readonly first_seen_at: number;
  readonly last_seen_at: number;
  readonly erased_at: number | null;
  readonly person_merged_at: number | null;
}

export interface IdentifierRow extends Identifier {
  readonly customer_id: CustomerId;
  readonly linked_at: number;
  readonly last_seen_at: number;
  readonly source: string;
}

/** The columns of an interaction, in the order of its table. */
export const INTERACTION_COLUMNS =
  'customer_id occurred_at id type touchpoint page_url properties recorded_at identifier_type identifier_value source'.split(' ');

export interface InteractionRow {
  readonly customer_id: CustomerId;
  readonly occurred_at: number;
  readonly id: string;
  readonly type: string;
  readonly touchpoint: string | null;
  readonly page_url: string | null;
  readonly properties: string;
  readonly recorded_at: number;
  readonly identifier_type: string | null;
  readonly identifier_value: string | null;
  readonly source: string | null;
  /** Of a table of its own; left out where it was not wanted (`JourneyRange.withActors`). */
  readonly actor?: string | null;
}

export interface IdentityEventRow {
  readonly customer_id: CustomerId;
  readonly id: string;
  readonly event_customer_id: CustomerId;
  readonly rule: IdentityRule;
  readonly source: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurred_at: number;
  readonly recorded_at: number;
  /** The text of `kept-changes.ts`. */
  readonly changes: string;
}

export interface AttributeRow {
  /** The customer of today; the attribute may lie under another id that they had. */
  readonly root_id: CustomerId;
  /** Null for an id that has no attributes. */
  readonly name: string | null;
  readonly value: string;
  readonly touchpoint: string | null;
  readonly captured_at: number;
}

/**
 * @param rows of all customers, one for each id that was asked for and is stored.
 * @param identifiers of those customers, in the order in which each customer has them.
 * @returns the customer of each id; null for one that is not stored.
 */
export function toCustomers(
  ids: readonly CustomerId[],
  rows: readonly CustomerRow[],
  identifiers: readonly IdentifierRow[],
): (StoredCustomer | null)[] {
  const linked = new Map<CustomerId, LinkedIdentifier[]>(rows.map(({ id }) => [id, []]));
  for (const row of identifiers) linked.get(row.customer_id)?.push(toIdentifier(row));
  const found = new Map(rows.map((row) => [row.asked, toCustomer(row, linked.get(row.id) ?? [])]));
  return ids.map((id) => found.get(id) ?? null);
}

function toCustomer(row: CustomerRow, identifiers: readonly LinkedIdentifier[]): StoredCustomer {
  return {
    id: row.id,
    createdAt: new Date(row.created_at),
    firstSeenAt: new Date(row.first_seen_at),
    lastSeenAt: new Date(row.last_seen_at),
    isErased: row.erased_at !== null,
    identifiers,
    mergedByPersonAt: row.person_merged_at === null ? null : new Date(row.person_merged_at),
  };
}

export function toIdentifier({ type, value, linked_at, last_seen_at, source }: IdentifierRow): LinkedIdentifier {
  return { type, value, linkedAt: new Date(linked_at), lastSeenAt: new Date(last_seen_at), source };
}

export function toInteraction(row: InteractionRow): StoredInteraction {
  return {
    id: row.id,
    type: row.type,
    occurredAt: new Date(row.occurred_at),
    touchpoint: row.touchpoint,
    pageUrl: row.page_url,
    properties: JSON.parse(row.properties),
    customerId: row.customer_id,
    identifier: row.identifier_type === null ? null : { type: row.identifier_type, value: row.identifier_value },
    source: row.source,
    actor: row.actor ?? null,
    recordedAt: new Date(row.recorded_at),
  };
}

/** @param isErased of an identifier's key: what the row says of it is left out, and so is the reason, which may name it. */
export function toIdentityRecord(row: IdentityEventRow, isErased: ((idKey: string) => boolean) | null): IdentityRecord {
  const changes = isErased === null ? row.changes : withoutValues(row.changes, isErased);
  const { evidence, leftOut, linked, cut, merged } = readKeptChanges(changes);
  return {
    id: row.id,
    rule: row.rule,
    customerId: row.event_customer_id,
    source: row.source,
    actor: row.actor,
    reason: changes === row.changes ? row.reason : null,
    occurredAt: new Date(row.occurred_at),
    recordedAt: new Date(row.recorded_at),
    ...{ evidence, leftOut, linked, cut },
    merged: merged.map(({ id }) => id),
  };
}

/** @returns each customer's attributes by name; of several under one name, which ids that were merged may hold, the latest. */
export function toAttributes(ids: readonly CustomerId[], rows: readonly AttributeRow[]): Attribute[][] {
  const latest = new Map<CustomerId, Map<string, AttributeRow>>(ids.map((id) => [id, new Map()]));
  for (const row of rows) {
    const names = latest.get(row.root_id);
    if (row.name === null || names === undefined) continue;
    const known = names.get(row.name);
    if (known === undefined || known.captured_at <= row.captured_at) names.set(row.name, row);
  }
  return ids.map((id) => [...(latest.get(id)?.entries() ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(toAttribute));
}

function toAttribute([name, { value, touchpoint, captured_at }]: readonly [string, AttributeRow]): Attribute {
  return { name, value: JSON.parse(value), touchpoint, capturedAt: new Date(captured_at) };
}
