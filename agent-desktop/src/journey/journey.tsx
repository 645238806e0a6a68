import type { ReactNode } from 'react';

/** A page of the centre column that another folder fills. */
export interface JourneyPage {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

/** The centre column. In a narrow window `pages` holds the other columns, as tabs after the journey's own. */
export function Journey({ pages }: { readonly pages: readonly JourneyPage[] }) {
  return pages[0]?.content ?? null;
}
