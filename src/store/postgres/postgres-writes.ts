import type { ConfirmationOrder } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { CorrectionRefusal, ErasureOrder, IdentityChanges, IdentityCorrection } from '../../model/identity.ts';
import type { AudienceEvent, DecisionToKeep, KeptDecision, ResponseReceipt, ResponseToSave } from '../../model/offer.ts';
import type { CookieRotation, RotationOutcome } from '../../model/visitor-cookie.ts';
import { confirmIdentity } from '../plan/confirm-identity.ts';
import { correctGraph } from '../plan/correct-graph.ts';
import { eraseCustomer } from '../plan/erase-customer.ts';
import { DEFAULT_RETENTION } from '../plan/forget-offers.ts';
import { keepDecision } from '../plan/keep-decision.ts';
import { rotateCookie } from '../plan/rotate-cookie.ts';
import { type AudiencesToSave, saveAudiences } from '../plan/save-audiences.ts';
import { saveResponse } from '../plan/save-response.ts';
import type { StoreOptions } from '../store-location.ts';
import { Janitor } from './background/janitor.ts';
import { Purge } from './background/purge.ts';
import { registerTraits } from './background/trait-recount.ts';
import { Claims } from './claims.ts';
import type { Connections } from './connections.ts';
import { Transactions } from './transactions.ts';
import { WriteQueue } from './write-queue.ts';

export type PostgresWrites = Awaited<ReturnType<typeof postgresWrites>>;

/** All writes of the store, and what a process does beside them. @param secret the store's own. */
export async function postgresWrites(
  connections: Connections,
  secret: string,
  { rules, traits, retention = DEFAULT_RETENTION, report = () => {} }: StoreOptions,
) {
  const transactions = new Transactions(connections, secret);
  const purge = new Purge(connections, secret, { report });
  const janitor = new Janitor(connections, secret, { traits, retention, report });
  if (traits !== undefined) await registerTraits(connections, traits);
  purge.start();
  janitor.start();
  return {
    queue: new WriteQueue(rules, transactions),
    claims: new Claims(connections.shared),
    correctAll: (corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal> =>
      transactions.run((draft) => correctGraph(rules, draft, corrections)),
    rotate: (rotation: CookieRotation): Promise<RotationOutcome> => transactions.run((draft) => rotateCookie(rules, draft, rotation)),
    confirm: (order: ConfirmationOrder): Promise<CustomerId | null> => transactions.run((draft) => confirmIdentity(draft, order)),
    /** Resolves when everything is deleted. */
    erase: async (order: ErasureOrder): Promise<boolean> => {
      const { isExpected, pending } = await transactions.run((draft) => eraseCustomer(draft, order));
      if (pending !== null) await purge.wait(pending);
      return isExpected;
    },
    keepDecision: (decision: DecisionToKeep): Promise<KeptDecision> =>
      transactions.run((draft, { offers }) => keepDecision(draft, offers, retention, decision)),
    saveResponse: (response: ResponseToSave): Promise<ResponseReceipt> =>
      transactions.run((draft, facts) => saveResponse(rules, draft, facts, retention, response)),
    saveAudiences: (toSave: AudiencesToSave): Promise<AudienceEvent[]> =>
      transactions.run((draft, { offers }) => saveAudiences(draft, offers, retention, toSave)),
    /** Ends what runs beside the calls. */
    stop: async (): Promise<void> => {
      await Promise.all([purge.stop(), janitor.stop()]);
    },
  };
}
