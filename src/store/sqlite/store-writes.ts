import type { DatabaseSync } from 'node:sqlite';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { ErasureOrder } from '../../model/identity.ts';
import { AttributeWrites } from './attribute-writes.ts';
import { CookieRotationWrites } from './cookie-rotation-writes.ts';
import { ErasedInteractions } from './erased-interactions.ts';
import { Erasure } from './erasure.ts';
import { FormerOwners } from './former-owners.ts';
import { IdentityEventLog } from './identity-event-log.ts';
import { IdentityReads } from './identity-reads.ts';
import { IdentityWrites } from './identity-writes.ts';
import { InteractionWrites } from './interaction-writes.ts';
import { Repetitions } from './repetitions.ts';
import { TraitRows } from './trait-rows.ts';

/** The writes that other threads can ask for, by name. Each is to be called inside a transaction. */
export type StoreWrites = ReturnType<typeof storeWrites>;

/** What became of an order to erase. */
export interface StartedErasure {
  /** False when the customer has identifiers that the order does not expect: nothing was erased. */
  readonly isExpected: boolean;
  /** The erasure's name in the table `purge`, until all is deleted; null when there is nothing to delete. */
  readonly pending: string | null;
}

/** @param now milliseconds. */
export function storeWrites(database: DatabaseSync, rules: IdentityRules, now: () => number) {
  const reads = new IdentityReads(database);
  const log = new IdentityEventLog(database, reads.identityKey);
  const formerOwners = new FormerOwners(database, reads.retired);
  const attributes = new AttributeWrites(database);
  const graph = new IdentityWrites(database, reads, log, attributes, formerOwners, rules, now);
  const cookies = new CookieRotationWrites(database, reads, graph, log, rules, now);
  const erasure = new Erasure(database, reads, log, formerOwners, now);
  const repetitions = new Repetitions(database, formerOwners);
  const traits = new TraitRows(database);
  const erased = new ErasedInteractions(database, reads.identityKey);
  const parts = { reads, graph, formerOwners, repetitions, erased, traits };
  const interactions = new InteractionWrites(database, parts, rules, now);
  const claim = database.prepare('insert into single_use (id, expires_at) values (?, ?) on conflict do nothing');
  const forgetClaims = database.prepare('delete from single_use where expires_at < ?');
  const insertSetting = database.prepare('insert into setting (name, value) values (?, ?) on conflict do nothing');
  const findSetting = database.prepare('select value from setting where name = ?');
  return {
    commit: graph.commit.bind(graph),
    correct: graph.correct.bind(graph),
    correctAll: graph.correctAll.bind(graph),
    rotate: cookies.rotate.bind(cookies),
    erase: (order: ErasureOrder): StartedErasure => {
      const expected = order.expected && new Set(order.expected.map(identifierKey));
      const customer = reads.findCustomers([order.customerId])[0];
      if (expected && customer?.identifiers.some((identifier) => !expected.has(identifierKey(identifier)))) {
        return { isExpected: false, pending: null };
      }
      if (order.shown) graph.storeShown([order.shown], order.source);
      return { isExpected: true, pending: erasure.erase(order) };
    },
    saveInteractions: interactions.saveInteractions.bind(interactions),
    claim: (id: string, expiresAt: Date): boolean => {
      forgetClaims.run(now());
      return claim.run(id, expiresAt.getTime()).changes === 1;
    },
    keepSetting: (name: string, value: string): string => {
      insertSetting.run(name, value);
      return (findSetting.get(name) as { value: string }).value;
    },
  };
}
