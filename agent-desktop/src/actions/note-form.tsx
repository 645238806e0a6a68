import { useRef, useState } from 'react';
import { useClient, useSentenceOf } from '../connection/connection.tsx';
import { type Draft, isEmptyDraft, newDraftId, useDrafts } from '../customer/drafts.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Field } from '../pieces/field.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useToasts } from '../pieces/toasts.tsx';
import { useText } from '../text/text.tsx';
import { SAVE_NOTE } from './documents.ts';
import { useDraft } from './note-draft.ts';
import './note-form.css';

/** Characters: well below the 16 KB that an interaction's properties may have, in any script. */
const LONGEST = 4_000;

/** A note on this call and what came of it. The draft stays with the customer's tab, and after a failure the text is still there. */
export function NoteForm() {
  const { t } = useText();
  const client = useClient();
  const toasts = useToasts();
  const sentenceOf = useSentenceOf();
  const { id: customerId, layout } = useOpenCustomer();
  const drafts = useDrafts();
  const [draft, setDraft] = useDraft();
  const [isPending, setIsPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const change = (changed: Partial<Draft>) => {
    const isNew = draft.id === '' || draft.isSent;
    setDraft({ ...draft, ...changed, ...(isNew && { id: newDraftId(), isSent: false }) });
  };
  const isEmpty = isEmptyDraft(draft);

  const save = async () => {
    if (customerId === null || isPending || isEmpty) return;
    setIsPending(true);
    setError(null);
    const sent = { ...draft, isSent: true };
    setDraft(sent);
    try {
      const properties = { text: draft.text.trim(), ...(draft.outcome === null ? {} : { outcome: draft.outcome }) };
      const { data, error: refused } = await client.mutate({ mutation: SAVE_NOTE, variables: { customerId, id: draft.id, properties } });
      const saved = data?.captureInteractions;
      if (saved === null || saved === undefined) throw refused ?? new Error('no answer');
      const [rejected] = saved.rejected;
      if (rejected !== undefined) throw { extensions: { code: rejected.code } };
      // What was typed while it was on its way is the next note.
      drafts.saved(sent);
      toasts.show({ text: draft.outcome === null ? t('Note saved.') : t('Note saved: {outcome}.', { outcome: draft.outcome }) });
    } catch (failure) {
      setError(failure);
    } finally {
      setIsPending(false);
    }
  };

  useShortcut({ key: 'n', label: t('Write a note'), run: () => input.current?.focus() });
  useShortcut({
    key: 'Mod+Enter',
    label: t('Save the note'),
    run: () => void save(),
    // Elsewhere the keys belong to what has the focus.
    isOn: !isEmpty,
    inFields: true,
  });
  if (customerId === null) return null;
  return (
    <form
      ref={form}
      className="actions-note"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {error !== null && <Notice>{t('The note is not saved. {why}', { why: sentenceOf(error) })}</Notice>}
      <Field
        label={t('Note on this call')}
        isLabelHidden
        isMultiline
        placeholder={t('Note on this call')}
        value={draft.text}
        maxLength={LONGEST}
        inputRef={input as never}
        onChange={(text) => change({ text })}
      />
      <div className="actions-note-acts">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a wrapping line of buttons in all browsers. */}
        <div role="group" aria-label={t('Outcome')} className="actions-outcomes">
          {layout.outcomes.map((outcome) => (
            <button
              key={outcome}
              type="button"
              className="actions-chip"
              aria-pressed={draft.outcome === outcome}
              onClick={() => change({ outcome: draft.outcome === outcome ? null : outcome })}
            >
              {outcome}
            </button>
          ))}
        </div>
        <Button kind="primary" size="small" type="submit" isPending={isPending} isDisabled={isEmpty} shortcut="Mod+Enter">
          {t('Save')}
        </Button>
      </div>
    </form>
  );
}
