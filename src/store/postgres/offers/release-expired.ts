import { CapLedger } from '../../plan/cap-ledger.ts';
import type { Exposure } from '../../plan/offer-facts.ts';
import { RELEASED_AT_ONCE } from '../../plan/reserve-offers.ts';
import type { Forget } from '../background/forget.ts';
import { Gathering } from '../gathering.ts';
import { Locks } from '../locks.ts';
import type { Connection } from '../statement.ts';
import { PostgresOfferFacts } from './offer-facts.ts';
import { anyExpiredLookup, keyOf } from './offer-lookups.ts';
import { type OfferOwners, OfferRows } from './offer-rows.ts';

/** What ends is found by its own key. */
const NOBODY: OfferOwners = { idsOf: () => [], writeUnder: () => {} };

/**
 * Releases reservations that have ended. A decision releases those of its own offers; this is for offers of which nothing is decided
 * any more.
 * @param secret the store's own.
 */
export function releaseExpired(secret: string): Forget {
  return async (database, now) => {
    const found = await expiredOn(database.shared, now);
    if (found.length === 0) return false;
    await database.inTransaction(async (connection) => {
      const locks = new Locks(secret);
      rowsThatEnd(found, now).noteLocks(locks);
      await locks.take(connection);
      // What somebody else released or made longer before the locks were had is not among them any more.
      const known = new Set(found.map(nameOf));
      const left = (await expiredOn(connection, now)).filter((exposure) => known.has(nameOf(exposure)));
      const statements = rowsThatEnd(left, now).statements();
      await Promise.all([...statements.map((statement) => connection.run(statement)), locks.release(connection)]);
    });
    return found.length === RELEASED_AT_ONCE;
  };
}

async function expiredOn(connection: Connection, now: number): Promise<readonly Exposure[]> {
  const key = keyOf(now, RELEASED_AT_ONCE);
  return (await anyExpiredLookup.load(connection, [key])).get(key) ?? [];
}

function rowsThatEnd(exposures: readonly Exposure[], now: number): OfferRows {
  const gathering = new Gathering();
  const ledger = new CapLedger(new PostgresOfferFacts(gathering), '', now);
  const rows = new OfferRows(gathering, NOBODY);
  for (const exposure of exposures) for (const write of ledger.release(exposure)) rows.add(write);
  return rows;
}

/** Of a reservation: the same name means the same leases. */
function nameOf({ customerId, offer, decisionId, reservation }: Exposure): string {
  return JSON.stringify([customerId, offer, decisionId, reservation]);
}
