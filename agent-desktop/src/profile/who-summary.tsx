import type { ReactNode } from 'react';

/** In a narrow window: the customer in a few lines, with three facts. `end` stands at the right of the name. */
export function WhoSummary({ end }: { readonly end: ReactNode }) {
  return <div className="who-head">{end}</div>;
}
