import { useEffect, useState } from 'react';
import { useConnection } from '../connection/connection.tsx';
import { tabStorage } from '../model/page-storage.ts';
import { type FoundCustomer, readFound } from './found-customer.ts';

const KEPT_AS = 'agent-desktop.recent';
/** Fits below the box without scrolling. */
const MOST = 6;

/** The customers who were open in this tab, newest first: their ids only, and gone with the tab. */
function recentIds(): string[] {
  try {
    const kept: unknown = JSON.parse(tabStorage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function rememberRecent(id: string): void {
  tabStorage.setItem(KEPT_AS, JSON.stringify([id, ...recentIds().filter((other) => other !== id)].slice(0, MOST)));
}

export const forgetRecent = (): void => tabStorage.removeItem(KEPT_AS);

/** False for somebody who was erased meanwhile: their id still answers, and nothing is known of them. */
const isSomebody = ({ name, identifiers }: FoundCustomer): boolean => name !== null || identifiers.length > 0;

/** Reads who the recent customers are, each time anew: no name is kept. @param isWanted false reads nothing. */
export function useRecent(isWanted: boolean, except: readonly string[]): readonly FoundCustomer[] {
  const { runDocument, layout } = useConnection();
  const [recent, setRecent] = useState<readonly FoundCustomer[]>([]);
  const ids = isWanted
    ? recentIds()
        .filter((id) => !except.includes(id))
        .join(' ')
    : '';
  useEffect(() => {
    if (ids === '') return setRecent([]);
    const abort = new AbortController();
    const read = async (id: string) => {
      const { data } = await runDocument(layout.documents.head, { id }, { signal: abort.signal });
      return readFound(data?.node, layout);
    };
    // One who cannot be read is left out: the list is a convenience.
    Promise.all(ids.split(' ').map((id) => read(id).catch(() => null))).then(
      (found) => !abort.signal.aborted && setRecent(found.filter((each) => each !== null).filter(isSomebody)),
    );
    return () => abort.abort();
  }, [ids, runDocument, layout]);
  return recent;
}
