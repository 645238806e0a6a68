import type { DatabaseSync } from 'node:sqlite';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Attribute } from '../../model/ports.ts';
import { AttributeWrites } from './attribute-writes.ts';
import { CookieRotationWrites } from './cookie-rotation-writes.ts';
import { Erasure } from './erasure.ts';
import { IdentityEventLog } from './identity-event-log.ts';
import { IdentityReads } from './identity-reads.ts';
import { IdentityWrites } from './identity-writes.ts';
import { InteractionWrites } from './interaction-writes.ts';
import { TraitCounters } from './trait-counters.ts';

/** The writes that other threads can ask for, by name. Each is to be called inside a transaction. */
export type StoreWrites = ReturnType<typeof storeWrites>;

/** @param now milliseconds. */
export function storeWrites(database: DatabaseSync, rules: IdentityRules, now: () => number) {
  const reads = new IdentityReads(database);
  const log = new IdentityEventLog(database, reads.identityKey);
  const graph = new IdentityWrites(database, reads, log, rules, now);
  const cookies = new CookieRotationWrites(database, reads, graph, log, rules, now);
  const erasure = new Erasure(database, reads, log, now);
  const attributes = new AttributeWrites(database);
  const interactions = new InteractionWrites(database, reads, graph, attributes, new TraitCounters(database), rules, now);
  const claim = database.prepare('insert into single_use (id, expires_at) values (?, ?) on conflict do nothing');
  const forgetClaims = database.prepare('delete from single_use where expires_at < ?');
  const insertSetting = database.prepare('insert into setting (name, value) values (?, ?) on conflict do nothing');
  const findSetting = database.prepare('select value from setting where name = ?');
  return {
    commit: graph.commit.bind(graph),
    correct: graph.correct.bind(graph),
    rotate: cookies.rotate.bind(cookies),
    erase: erasure.erase.bind(erasure),
    saveInteractions: interactions.saveInteractions.bind(interactions),
    saveAttributes: (id: CustomerId, given: readonly Attribute[]): void => {
      for (const { name, value, touchpoint, capturedAt } of given) attributes.save(id, { [name]: value }, touchpoint, capturedAt);
    },
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
