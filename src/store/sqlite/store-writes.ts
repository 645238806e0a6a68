import type { DatabaseSync } from 'node:sqlite';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { ConfirmationOrder } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import type {
  ChangedIdentities,
  CorrectionRefusal,
  ErasureOrder,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
} from '../../model/identity.ts';
import type { InteractionReceipt, InteractionToSave } from '../../model/interaction.ts';
import type { AudienceEvent, DecisionToKeep, KeptDecision, ResponseReceipt, ResponseToSave } from '../../model/offer.ts';
import type { CookieRotation, RotationOutcome } from '../../model/visitor-cookie.ts';
import { confirmIdentity } from '../plan/confirm-identity.ts';
import { correctGraph } from '../plan/correct-graph.ts';
import { eraseCustomer, type StartedErasure } from '../plan/erase-customer.ts';
import { DEFAULT_RETENTION, type Retention } from '../plan/forget-offers.ts';
import { keepDecision } from '../plan/keep-decision.ts';
import { recordEvent } from '../plan/record-event.ts';
import { rotateCookie } from '../plan/rotate-cookie.ts';
import { type AudiencesToSave, saveAudiences } from '../plan/save-audiences.ts';
import { saveInteractions } from '../plan/save-interactions.ts';
import { saveResponse } from '../plan/save-response.ts';
import { SqliteInteractionFacts } from './interaction-facts.ts';
import { SqliteOfferFacts } from './offer-facts.ts';
import { Planner } from './planner.ts';

/** The writes that other threads can ask for, by name. Each is to be called inside a transaction. */
export type StoreWrites = ReturnType<typeof storeWrites>;

/** @param now milliseconds. @param onChanged called, inside the transaction, with what each write changes of identities. */
export function storeWrites(
  database: DatabaseSync,
  rules: IdentityRules,
  now: () => number,
  retention: Retention = DEFAULT_RETENTION,
  onChanged?: (changed: ChangedIdentities) => void,
) {
  const planner = new Planner(database, now, onChanged);
  const interactionFacts = new SqliteInteractionFacts(database);
  const offerFacts = new SqliteOfferFacts(database);
  const claim = database.prepare('insert into single_use (id, expires_at) values (?, ?) on conflict do nothing');
  const forgetClaims = database.prepare('delete from single_use where expires_at < ?');
  const insertSetting = database.prepare('insert into setting (name, value) values (?, ?) on conflict do nothing');
  const findSetting = database.prepare('select value from setting where name = ?');
  return {
    commit: (event: IdentityEvent): IdentityDecision => planner.run((draft) => recordEvent(rules, draft, event)),
    correctAll: (corrections: readonly IdentityCorrection[]): readonly IdentityChanges[] | CorrectionRefusal =>
      planner.run((draft) => correctGraph(rules, draft, corrections)),
    rotate: (rotation: CookieRotation): RotationOutcome => planner.run((draft) => rotateCookie(rules, draft, rotation)),
    confirm: (order: ConfirmationOrder): CustomerId | null => planner.run((draft) => confirmIdentity(draft, order)),
    erase: (order: ErasureOrder): StartedErasure => planner.run((draft) => eraseCustomer(draft, order)),
    saveInteractions: (interactions: readonly InteractionToSave[]): InteractionReceipt[] =>
      planner.run((draft) => saveInteractions(rules, draft, interactionFacts, interactions)),
    keepDecision: (decision: DecisionToKeep): KeptDecision => planner.run((draft) => keepDecision(draft, offerFacts, retention, decision)),
    saveResponse: (response: ResponseToSave): ResponseReceipt => {
      const facts = { interactions: interactionFacts, offers: offerFacts };
      return planner.run((draft) => saveResponse(rules, draft, facts, retention, response));
    },
    saveAudiences: (audiences: AudiencesToSave): AudienceEvent[] =>
      planner.run((draft) => saveAudiences(draft, offerFacts, retention, audiences)),
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
