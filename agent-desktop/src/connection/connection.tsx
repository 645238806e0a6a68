import type { ApolloClient } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { DesktopDocument, DesktopSettings, ProfileLayout } from '../model/gateway.ts';
import { useText } from '../text/text.tsx';
import { openClient } from './client.ts';
import { type Live, type LiveState, openLive } from './live.ts';
import { type GatewayAnswer, postOperation } from './post-operation.ts';
import { sentenceOf } from './sentences.ts';
import type { Session } from './session.ts';

export interface RunOptions {
  readonly signal?: AbortSignal;
}

export interface Connection {
  readonly client: ApolloClient;
  readonly session: Session;
  readonly settings: DesktopSettings;
  readonly layout: ProfileLayout;
  readonly live: Live;
  /**
   * Runs a document of the layout. Nothing of the answer is kept.
   * @throws RequestFailure when there is no answer; errors of fields are in `errors`.
   */
  readonly runDocument: (
    document: DesktopDocument,
    variables: Readonly<Record<string, unknown>>,
    options?: RunOptions,
  ) => Promise<GatewayAnswer>;
}

const ConnectionContext = createContext<Connection | null>(null);

export interface ConnectionProviderProps {
  readonly session: Session;
  readonly settings: DesktopSettings;
  readonly layout: ProfileLayout;
  readonly children: ReactNode;
}

/** For the parts of the page that need an agent who is signed in. */
export function ConnectionProvider({ session, settings, layout, children }: ConnectionProviderProps) {
  const connection = useMemo<Connection>(() => {
    const options = { session, touchpoint: layout.touchpoint };
    const live = openLive(options);
    return {
      client: openClient(options, live),
      session,
      settings,
      layout,
      live,
      runDocument: ({ id }, variables, { signal } = {}) => postOperation({ documentId: id, variables }, { ...options, signal }),
    };
  }, [session, settings, layout]);
  useEffect(() => connection.live.watchOnline(), [connection]);
  return (
    <ConnectionContext value={connection}>
      <ApolloProvider client={connection.client}>{children}</ApolloProvider>
    </ConnectionContext>
  );
}

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext);
  if (connection === null) throw new Error('useConnection: expected a ConnectionProvider around it, found none.');
  return connection;
}

export const useClient = (): ApolloClient => useConnection().client;
export const useLayout = (): ProfileLayout => useConnection().layout;
export const useRunDocument = (): Connection['runDocument'] => useConnection().runDocument;

/** Whether the events of a customer are live, for the sentence that says it is not. */
export function useLiveState(customerId: string | null): LiveState {
  const { live } = useConnection();
  return useSyncExternalStore(live.subscribe, () => live.stateOf(customerId));
}

/** @returns what turns an error into a sentence in the agent's language. */
export function useSentenceOf(): (error: unknown) => string {
  const { t } = useText();
  return useMemo(() => (error) => sentenceOf(error, t), [t]);
}
