import { createContext, type ReactNode, useContext } from 'react';

/** An identifier as the API takes it. */
export interface NamedIdentifier {
  readonly type: string;
  readonly value: string;
}

export type IdentityQuestion =
  | { readonly kind: 'merge'; readonly ids: readonly string[] }
  | { readonly kind: 'split' | 'unlink'; readonly identifiers: readonly NamedIdentifier[] }
  | { readonly kind: 'link' }
  | { readonly kind: 'erase' };

export interface IdentitySheet {
  readonly open: (question: IdentityQuestion) => void;
}

const IdentitySheetContext = createContext<IdentitySheet>({ open: () => {} });

/** Inside an `OpenCustomerProvider`: the sheets that change who somebody is. */
export function IdentitySheets({ children }: { readonly children: ReactNode }) {
  return <IdentitySheetContext value={{ open: () => {} }}>{children}</IdentitySheetContext>;
}

export const useIdentitySheet = (): IdentitySheet => useContext(IdentitySheetContext);
