import type { JourneyInteractionFragment } from '../generated/graphql.ts';

/** An interaction as the journey's page uses it. */
export interface JourneyItem {
  /**
   * Names the interaction. The id alone is unique per customer only, and a customer may have been merged from several: the time is
   * part of the key, as it is of the gateway's cursors.
   */
  readonly key: string;
  readonly id: string;
  readonly type: string;
  /** When it happened, in milliseconds. */
  readonly at: number;
  readonly touchpoint: string | null;
  readonly channel: JourneyChannel;
  readonly pageUrl: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly source: string | null;
  /** The agent or service who sent it; null for all others. */
  readonly actor: string | null;
}

/** The channels in the order of their tracks: from what a customer does alone to what they do with people. */
export const CHANNELS = ['WEB', 'MOBILE', 'EMAIL', 'MESSAGING', 'SOCIAL', 'STORE', 'CALL_CENTRE', 'OTHER'] as const;

export type JourneyChannel = (typeof CHANNELS)[number];

/** What the journey reads of an interaction; the types of times and properties are the scalars of the wire. */
export type SentInteraction = Omit<JourneyInteractionFragment, ' $fragmentName' | '__typename'>;

/** A touchpoint that is no longer configured has no channel: what happened there has the track of all others. */
export function parseInteraction(sent: SentInteraction): JourneyItem {
  const at = Date.parse(String(sent.occurredAt));
  return {
    key: `${at}:${sent.id}`,
    id: sent.id,
    type: sent.type,
    at,
    touchpoint: sent.touchpoint ?? null,
    channel: sent.channel ?? 'OTHER',
    pageUrl: sent.pageUrl ?? null,
    properties: isRecord(sent.properties) ? sent.properties : {},
    source: sent.source ?? null,
    actor: sent.actor ?? null,
  };
}

/** Negative when `a` stands above `b`: newest first, and of one time by id, as the gateway orders a journey. */
export function newestFirst(a: JourneyItem, b: JourneyItem): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
