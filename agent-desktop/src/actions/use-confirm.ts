import { useState } from 'react';
import { useClient } from '../connection/connection.tsx';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { useAnnounce } from '../pieces/announce.tsx';
import { useText } from '../text/text.tsx';
import { CONFIRM_IDENTITY } from './documents.ts';

export interface Confirming {
  readonly confirm: (method: string) => Promise<boolean>;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** Records that the agent made sure who is calling, and reads what that opens. */
export function useConfirm(): Confirming {
  const { t } = useText();
  const client = useClient();
  const announce = useAnnounce();
  const { id, refresh } = useOpenCustomer();
  const [isPending, setIsPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const confirm = async (method: string): Promise<boolean> => {
    if (id === null || isPending) return false;
    setIsPending(true);
    setError(null);
    try {
      const { data, error: refused } = await client.mutate({ mutation: CONFIRM_IDENTITY, variables: { customerId: id, method } });
      if (data?.confirmIdentity === null || data?.confirmIdentity === undefined) throw refused ?? new Error('no answer');
      await refresh();
      announce(t('Confirmed. The profile is open for 30 minutes.'));
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setIsPending(false);
    }
  };
  return { confirm, isPending, error };
}

/** True while the agent still has to make sure who is calling. */
export function useNeedsConfirmation(): boolean {
  const { id, layout, assurance, isLoading, isNobody } = useOpenCustomer();
  return id !== null && !isLoading && !isNobody && layout.agentsConfirm && assurance !== 'VERIFIED' && layout.methods.length > 0;
}
