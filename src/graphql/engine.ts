import type { FairTurns } from '../batching/fair-turns.ts';
import type { RequestCapture } from '../capture/capture-request.ts';
import type { HandoffTokens } from '../capture/handoff-token.ts';
import type { RecipientTokens } from '../capture/recipient-token.ts';
import type { HandoffServices } from '../journey/accept-handoff.ts';
import type { InteractionServices } from '../journey/capture-interactions.ts';
import type { CustomerWatch } from '../journey/customer-watch.ts';
import type { CookieServices } from '../journey/settle-cookies.ts';
import type { AttributeStore, IdentityStore, InteractionStore } from '../model/ports.ts';
import type { Offers } from '../offers/offers.ts';
import type { KeyTypes } from '../profile/key-types.ts';
import type { IdentifierVocabulary } from '../profile/parse-identifiers.ts';
import type { Profile } from '../profile/profile.ts';
import type { OperationBounds } from '../sources/operation-budget.ts';
import type { Source } from '../sources/source.ts';
import type { AnsweredEvents } from './execution/event-reads.ts';

/** What the resolvers work with; made by `composeEngine`. */
export interface Engine extends IdentifierVocabulary, InteractionServices, HandoffServices, CookieServices {
  readonly interactions: InteractionStore;
  readonly identityEvents: Pick<IdentityStore, 'findIdentityEvents'>;
  readonly attributes: AttributeStore;
  readonly capture: RequestCapture;
  readonly handoffs: HandoffTokens;
  readonly recipients: RecipientTokens;
  readonly offers: Offers;
  readonly watch: CustomerWatch;
  /** Events are answered to subscriptions in turns. */
  readonly eventTurns: FairTurns;
  readonly answeredEvents: AnsweredEvents;
  /** Previews are decided in turns. */
  readonly previewTurns: FairTurns;
  /** Identifier types that are the key of some source: it can be asked for a value that the graph does not know. */
  readonly askableTypes: ReadonlySet<string>;
  readonly sources: ReadonlyMap<string, Source>;
  /** The fields of the owner's schema. */
  readonly profile: Profile;
  readonly keyTypes: KeyTypes;
  /** The URL parameter in which the first handoff rule looks for its token; null without such a rule. */
  readonly handoffParameter: string | null;
  /** Whether `_service`, which shows the whole schema, is for SERVICE and ADMIN only. */
  readonly guardServiceSdl: boolean;
  /** Encrypts the cursors of lists that sources answer. */
  readonly cursorSecret: Buffer;
  /** What an operation may use while it runs. */
  readonly bounds: OperationBounds;
  readonly now: () => Date;
  onCaptureRefused(rule: string): void;
}
