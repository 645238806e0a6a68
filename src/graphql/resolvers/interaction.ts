import { requireRole } from '../../model/viewer.ts';
import type { InteractionResolvers, SessionResolvers } from '../generated/resolver-types.ts';

/** Who may see who sent an interaction; for others it is not read. */
export const ACTOR_ROLES = ['AGENT', 'SERVICE'] as const;

export const Interaction: InteractionResolvers = {
  channel: ({ touchpoint }, _, { engine }) => (touchpoint === null ? null : engine.touchpoints.channelOf(touchpoint)),

  actor: ({ actor }, _, { viewer }) => {
    requireRole(ACTOR_ROLES, viewer, 'Interaction.actor');
    return actor;
  },

  offer: ({ properties: { offerId } }) => (typeof offerId === 'string' ? offerId : null),
};

export const Session: SessionResolvers = {
  startedAt: ({ interactions }) => (interactions.at(-1) as (typeof interactions)[number]).occurredAt,

  endedAt: ({ interactions }) => (interactions[0] as (typeof interactions)[number]).occurredAt,

  interactionCount: ({ interactions }) => interactions.length,

  touchpoints: ({ interactions }) => [...new Set(interactions.toReversed().flatMap(({ touchpoint }) => touchpoint ?? []))],

  landingPage: ({ interactions }) => interactions.at(-1)?.pageUrl ?? null,

  interactions: ({ interactions }) => [...interactions],
};
