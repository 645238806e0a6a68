import { type JourneyItem, parseInteraction, type SentInteraction } from './interaction.ts';
import type { WindowPage } from './journey-window.ts';

/** The arguments of `Customer.interactions`. */
export interface JourneyQuestion {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
  readonly touchpoints?: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

/** Its answer. */
export interface InteractionPage {
  readonly edges: readonly { readonly cursor: string; readonly node: SentInteraction }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
}

export const itemsOf = ({ edges }: InteractionPage): readonly JourneyItem[] => edges.map(({ node }) => parseInteraction(node));

export function olderPage(page: InteractionPage): WindowPage {
  return { items: itemsOf(page), cursor: page.edges.at(-1)?.cursor ?? null, hasMore: page.pageInfo.hasNextPage };
}

export function newerPage(page: InteractionPage): WindowPage {
  return { items: itemsOf(page), cursor: page.edges[0]?.cursor ?? null, hasMore: page.pageInfo.hasPreviousPage };
}
