import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useMemo, useState } from 'react';
import { useClient, useSentenceOf } from '../connection/connection.tsx';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { Boundary } from '../pieces/boundary.tsx';
import { useToasts } from '../pieces/toasts.tsx';
import { useText } from '../text/text.tsx';
import { type Applied, apply, type Change, undoOf } from './changes.ts';
import type { Identifier } from './history/key.ts';
import { useOwnChange } from './own-change.ts';

/** An identifier as the API takes it. */
export type NamedIdentifier = Identifier;

/** What a sheet asks. A merge with one id only lets the agent find the other customer. */
export type IdentityQuestion =
  | { readonly kind: 'merge'; readonly ids: readonly string[] }
  | { readonly kind: 'split' | 'unlink'; readonly identifiers: readonly NamedIdentifier[] }
  | { readonly kind: 'link' }
  | { readonly kind: 'erase' };

export interface IdentitySheet {
  readonly open: (question: IdentityQuestion) => void;
  /** Grows with each change that a sheet wrote, so that what shows the graph reads it again. */
  readonly changes: number;
}

/** What the sheets need of the page: it outlives them, so that an undo works when the sheet is gone. */
export interface SheetHost {
  readonly close: () => void;
  /** Writes a change, closes the sheet, and says it with an undo where there is one. @throws what the gateway refuses it with. */
  readonly act: (change: Change, details: ActDetails) => Promise<Applied>;
  /** Reads everything again after a change that `act` did not write. */
  readonly changed: () => void;
}

export interface ActDetails {
  /** What happened, as a sentence. */
  readonly said: string;
  /** Identifiers that an undo would name. */
  readonly joined: readonly Identifier[];
  /** An identifier that stays with the customer, by which an undo finds them. */
  readonly anchor: Identifier | null;
}

const IdentitySheetContext = createContext<IdentitySheet | null>(null);
const ChangeSheets = lazy(() => import('./sheets/change-sheets.tsx'));

/** Inside an `OpenCustomerProvider`: the sheets that change who somebody is. They are loaded when the first is opened. */
export function IdentitySheets({ children }: { readonly children: ReactNode }) {
  const { t } = useText();
  const client = useClient();
  const customer = useOpenCustomer();
  const toasts = useToasts();
  const sentenceOf = useSentenceOf();
  const own = useOwnChange();
  const [question, setQuestion] = useState<IdentityQuestion | null>(null);
  const [changes, setChanges] = useState(0);
  const { refresh } = customer;

  const changed = useCallback(() => {
    setChanges((count) => count + 1);
    void refresh();
  }, [refresh]);
  const act = useCallback<SheetHost['act']>(
    async (change, details) => {
      own.note();
      const applied = await apply(client, change);
      if (applied.rejected.length > 0) return applied;
      setQuestion(null);
      changed();
      const undo = undoOf(change, applied, details);
      const undoNow = async (taken: Change) => {
        try {
          own.note();
          await apply(client, taken);
          toasts.show({ text: t('Undone.') });
        } catch (error) {
          // The sheet of the opposite change says what is in the way, as for any change; unless the customer is not on the screen any more.
          setQuestion(questionOf(taken));
          toasts.show({ text: t('It was not undone. {why}', { why: sentenceOf(error) }) });
        }
        changed();
      };
      toasts.show({ text: details.said, ...(undo === null ? {} : { undo: () => void undoNow(undo) }) });
      return applied;
    },
    [client, changed, toasts, sentenceOf, own, t],
  );
  const sheet = useMemo(() => ({ open: setQuestion, changes }), [changes]);
  const host = useMemo<SheetHost>(() => ({ close: () => setQuestion(null), act, changed }), [act, changed]);
  return (
    <IdentitySheetContext value={sheet}>
      {children}
      {question !== null && customer.id !== null && (
        <Boundary>
          <Suspense fallback={null}>
            <ChangeSheets question={question} host={host} />
          </Suspense>
        </Boundary>
      )}
    </IdentitySheetContext>
  );
}

function questionOf(change: Change): IdentityQuestion {
  switch (change.kind) {
    case 'merge':
      return { kind: 'merge', ids: change.input.customerIds as readonly string[] };
    case 'split':
      return { kind: 'split', identifiers: change.input.identifiers as readonly Identifier[] };
    case 'unlink':
      return { kind: 'unlink', identifiers: [change.input.identifier] };
    case 'link':
      return { kind: 'link' };
  }
}

export function useIdentitySheet(): IdentitySheet {
  const sheet = useContext(IdentitySheetContext);
  if (sheet === null) throw new Error('useIdentitySheet: expected IdentitySheets around it, found none.');
  return sheet;
}
