import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useSentenceOf } from '../connection/connection.tsx';
import { useCloseCustomer, useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Kbd } from '../pieces/kbd.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { typeInSentence } from '../text/type-name.ts';
import { useConfirm } from './use-confirm.ts';
import './confirm-card.css';

/** Asks the agent how they made sure who is calling. First thing in the column until they have. */
export function ConfirmCard() {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const { name, layout, isConfirmationOver } = useOpenCustomer();
  const close = useCloseCustomer();
  const { confirm, isPending, error } = useConfirm();
  const [method, setMethod] = useState(layout.methods[0] ?? '');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Who is typing goes on typing; everybody else is asked at once.
    const { activeElement } = document;
    const isElsewhere = activeElement !== null && activeElement !== document.body && activeElement.tagName !== 'H2';
    if (isElsewhere) return;
    form.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
  }, []);
  useShortcut({ key: '0', label: t('Not this person: close'), run: () => close?.(), isOn: close !== null });
  const ending = useEnding();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void confirm(method);
  };
  return (
    <div className="actions-first">
      <section className="card actions-confirm" aria-labelledby="actions-confirm">
        <form ref={form} onSubmit={submit}>
          <header className="card-head">
            <Icon name="shield-half" />
            <h3 id="actions-confirm">{name === null ? t('Who is this?') : t('Is this {name}?', { name })}</h3>
          </header>
          {isConfirmationOver && (
            <Notice kind="attention" icon="lock">
              {t('Your 30 minutes are over. Confirm again.')}
            </Notice>
          )}
          <p className="actions-ask">
            {ending !== null && `${ending} `}
            {t('How did you make sure?')}
          </p>
          <fieldset className="actions-methods">
            <legend className="only-read">{t('How did you make sure?')}</legend>
            {layout.methods.map((of, index) => (
              <Method key={of} method={of} number={index + 1} isChosen={of === method} onChoose={setMethod} />
            ))}
          </fieldset>
          {error !== null && <Notice>{sentenceOf(error)}</Notice>}
          <div className="actions-acts">
            <Button kind="primary" type="submit" isPending={isPending} shortcut="Enter">
              {t('Confirm')}
            </Button>
            {close !== null && (
              <Button kind="quiet" shortcut="0" onPress={close}>
                {t('Not this person')}
              </Button>
            )}
          </div>
        </form>
      </section>
      <p className="actions-hint">{useWhatOpens()}</p>
    </div>
  );
}

interface MethodProps {
  readonly method: string;
  readonly number: number;
  readonly isChosen: boolean;
  readonly onChoose: (method: string) => void;
}

/** A way to make sure; the first nine have their number as key. */
function Method({ method, number, isChosen, onChoose }: MethodProps) {
  const radio = useRef<HTMLInputElement>(null);
  const choose = () => {
    onChoose(method);
    radio.current?.focus();
  };
  useShortcut({ key: String(number), label: method, run: choose, isOn: number <= 9 });
  return (
    <label className="actions-method">
      <input ref={radio} type="radio" name="method" checked={isChosen} onChange={() => onChoose(method)} />
      <span>{method}</span>
      {number <= 9 && <Kbd keys={String(number)} />}
    </label>
  );
}

/** Which facts are named: more would not be read. */
const MOST_NAMED = 3;

function useWhatOpens(): string {
  const { t, language } = useText();
  const { facts, lists } = useOpenCustomer();
  const labels = [
    ...facts.filter(({ code }) => code === 'INSUFFICIENT_ASSURANCE').map(({ fact }) => fact.label),
    ...lists.filter(({ code }) => code === 'INSUFFICIENT_ASSURANCE').map(({ list }) => list.label),
  ].map((label) => (language === 'en' ? label.toLowerCase() : label));
  const named = [...new Set(labels)].slice(0, MOST_NAMED);
  return named.length === 0
    ? t('Confirming opens the full identifiers to you for 30 minutes. It is recorded with your name.')
    : t('Confirming opens {labels} and the full identifiers to you for 30 minutes. It is recorded with your name.', {
        labels: named.join(', '),
      });
}

/** By which identifier the customer was opened: its last signs, as many as the gateway shows of a masked one. */
function useEnding(): string | null {
  const { t } = useText();
  const { question } = useOpenCustomer();
  if (!('identifier' in question)) return null;
  const { type, value } = question.identifier;
  const length = Math.min(4, Math.floor(value.length / 4));
  if (length === 0) return null;
  return t('The {type} ending in {end} belongs to this customer.', { type: typeInSentence(type, t), end: value.slice(-length) });
}
