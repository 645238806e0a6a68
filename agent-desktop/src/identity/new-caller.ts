import { useCallback } from 'react';
import { useClient } from '../connection/connection.tsx';
import { apply, previewOf } from './changes.ts';
import type { Identifier } from './history/key.ts';

/**
 * Begins a customer of whom nothing but one identifier is known, such as the number of a caller.
 * @returns what does it: it resolves to the customer's id. It throws what the gateway refuses it with.
 */
export function useNewCaller(): (identifier: Identifier) => Promise<string> {
  const client = useClient();
  return useCallback(
    async ({ type, value }) => {
      const { customerId, rejected } = await apply(client, { kind: 'link', input: { identifiers: [{ type, value }] } });
      const [first] = rejected;
      // A blocked value, such as `0000`: the gateway says why by a code of its own.
      if (first !== undefined) throw { extensions: { code: first.reason === 'CONFLICTING_IDENTIFIERS' ? first.reason : 'BAD_USER_INPUT' } };
      return customerId;
    },
    [client],
  );
}

/** @returns what asks the gateway whether a customer could begin with this identifier. It rejects for a value that is none. */
export function useNewCallerPreview(): (identifier: Identifier, signal: AbortSignal) => Promise<void> {
  const client = useClient();
  return useCallback(
    async ({ type, value }, signal) => void (await previewOf(client, { kind: 'link', input: { identifiers: [{ type, value }] } }, signal)),
    [client],
  );
}
