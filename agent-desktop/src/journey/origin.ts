import type { ListValue } from '../customer/customer-model.ts';
import { useText } from '../text/text.tsx';

/** @returns what says from where a list is, and how old it is; null where the gateway did not say. */
export function useOrigin(): (list: ListValue | null) => string | null {
  const { t, formatAge } = useText();
  return (list) => {
    if (list === null || list.fetchedAt === null) return null;
    const source = list.source ?? '';
    // A moment ago has no number.
    if (Date.now() - Date.parse(list.fetchedAt) < 1_000) return t('{source} · fetched now', { source });
    return t('{source} · fetched {age} ago', { source, age: formatAge(list.fetchedAt) });
  };
}
