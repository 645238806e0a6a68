import type { FactValue } from '../customer/open-customer.tsx';
import { useText } from '../text/text.tsx';

/** `crm · 9 s`: where a value came from and how old it is. */
export function Origin({ part, now }: { readonly part: Pick<FactValue, 'source' | 'fetchedAt' | 'fact'>; readonly now: Date }) {
  const { t, formatAge } = useText();
  // Code of the owner's has no source, and is as old as the answer.
  const source = part.source ?? (part.fact.sources.length === 0 ? t('computed') : part.fact.sources.join(', '));
  return (
    <>
      {source}
      {part.fetchedAt !== null && ` · ${formatAge(part.fetchedAt, now)}`}
    </>
  );
}
