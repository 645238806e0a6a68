import type { RequestCapture } from '../capture/capture-request.ts';
import type { HandoffTokens } from '../capture/handoff-token.ts';
import type { IdentifierFormat } from '../capture/normalize.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import type { AttributeStore } from '../model/ports.ts';

/** What the resolvers work with; wired in `gateway.ts`. */
export interface Engine {
  readonly graph: IdentityGraph;
  readonly attributes: AttributeStore;
  readonly capture: RequestCapture;
  readonly handoffs: HandoffTokens;
  /** By identifier type, in the order of priority. */
  readonly identifierTypes: ReadonlyMap<string, IdentifierFormat>;
  readonly blockedValues: ReadonlySet<string>;
  /** Identifier types that some back end is keyed by: it can be asked about a value that nobody was seen with. */
  readonly askableTypes: ReadonlySet<string>;
  readonly touchpoints: ReadonlySet<string>;
  /** The URL parameter in which the first handoff rule looks for its token; null without such a rule. */
  readonly handoffParameter: string | null;
  /** Whether `_service`, which tells the whole schema, is for SERVICE and ADMIN only. */
  readonly guardServiceSdl: boolean;
  readonly now: () => Date;
  onCaptureRefused(rule: string): void;
}
