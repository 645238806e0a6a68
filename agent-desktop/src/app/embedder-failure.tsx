import { useEffect } from 'react';
import { codeOf } from '../connection/gateway-error.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import type { EmbeddedIn } from './use-embedder.ts';

/** For the developer of the page around the frame; none of them repeats what the page sent. */
const MESSAGES: Readonly<Record<string, string>> = {
  NOT_FOUND: 'customer-profile:open: no customer has this id or identifier. The agent may find or begin one.',
  BAD_USER_INPUT: 'customer-profile:open: expected a type of identifiers that the gateway has, and a value that fits it.',
};

/** Tells the page around the frame that a customer could not be opened. For each open customer, shown or not, so it is sent once. */
export function EmbedderFailure({ embedder }: { readonly embedder: EmbeddedIn }) {
  const { id, isNobody, isLoading, answers, error } = useOpenCustomer();
  const hasFailed = !isLoading && answers === 0 && error !== null && error !== undefined;
  const code = id === null && isNobody ? 'NOT_FOUND' : hasFailed ? codeOf(error) : null;
  useEffect(() => {
    // What is wrong with the token is reported where it is asked for again.
    if (code === null || code === 'UNAUTHENTICATED') return;
    embedder.send({
      type: 'customer-profile:error',
      code,
      message: MESSAGES[code] ?? 'customer-profile:open: the gateway could not be asked.',
    });
  }, [embedder, code]);
  return null;
}
