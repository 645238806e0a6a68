import type { ReactNode } from 'react';

export interface TagProps {
  readonly kind?: 'plain' | 'good' | 'attention' | 'failed' | 'accent' | 'anonymous' | 'claimed' | 'recognized' | 'verified';
  readonly children: ReactNode;
}

/** A word about a thing's state, such as `open`. */
export const Tag = ({ kind = 'plain', children }: TagProps) => <span className={`tag tag-${kind}`}>{children}</span>;
