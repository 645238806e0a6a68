import { createContext, type ReactNode, useContext } from 'react';
import type { ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';

/** The state of the open customer, which all columns read. */
export interface OpenCustomer {
  /** Null until the gateway has answered, and where nobody has the identifier. */
  readonly id: string | null;
  readonly name: string | null;
  readonly assurance: 'ANONYMOUS' | 'CLAIMED' | 'RECOGNIZED' | 'VERIFIED' | null;
  readonly layout: ProfileLayout;
  readonly isLoading: boolean;
}

const OpenCustomerContext = createContext<OpenCustomer | null>(null);

export interface OpenCustomerProviderProps {
  readonly question: OpenQuestion;
  readonly layout: ProfileLayout;
  readonly children: ReactNode;
}

export function OpenCustomerProvider({ layout, children }: OpenCustomerProviderProps) {
  return <OpenCustomerContext value={{ id: null, name: null, assurance: null, layout, isLoading: true }}>{children}</OpenCustomerContext>;
}

export function useOpenCustomer(): OpenCustomer {
  const customer = useContext(OpenCustomerContext);
  if (customer === null) throw new Error('useOpenCustomer: expected an OpenCustomerProvider around it, found none.');
  return customer;
}
