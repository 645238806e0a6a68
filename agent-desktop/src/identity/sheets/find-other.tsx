import { useEffect, useState } from 'react';
import { useLayout, useRunDocument, useSentenceOf } from '../../connection/connection.tsx';
import { readPath } from '../../customer/answer.ts';
import { Field } from '../../pieces/field.tsx';
import { initialsOf } from '../../pieces/seal.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import './find-other.css';

interface Found {
  readonly id: string;
  readonly name: string | null;
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
}

export interface FindOtherProps {
  /** Who is there already. */
  readonly notId: string;
  readonly onFound: (id: string) => void;
}

/** Milliseconds of quiet before a typed value is looked for, and characters that it needs. */
const QUIET = 200;
const SHORTEST = 2;
const MOST = 8;

/** The second customer of a merge, found by any identifier or by a name. */
export function FindOther({ notId, onFound }: FindOtherProps) {
  const { t } = useText();
  const [value, setValue] = useState('');
  const { found, error } = useFound(value.trim(), notId);
  return (
    <section className="identity-side identity-side-joins identity-find">
      <Field
        label={t('Who is the other customer?')}
        value={value}
        onChange={setValue}
        placeholder={t('Phone, e-mail, number or name')}
        error={error}
        maxLength={256}
        autoFocus
      />
      {found !== null && found.length === 0 && <p className="muted">{t('Nobody else is found by this.')}</p>}
      <ul aria-label={t('Found customers')}>
        {found?.map(({ id, name, identifiers }) => (
          <li key={id}>
            <button type="button" className="identity-hit" onClick={() => onFound(id)}>
              <span className="identity-initials" aria-hidden="true">
                {initialsOf(name)}
              </span>
              <span className="strong cut">{name ?? t('Customer without a name')}</span>
              <span className="muted cut">{identifiers.map(({ type, value: own }) => `${typeLabel(type, t)} ${own}`).join(' · ')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useFound(value: string, notId: string): { found: readonly Found[] | null; error: string | null } {
  const layout = useLayout();
  const run = useRunDocument();
  const sentenceOf = useSentenceOf();
  const [answered, setAnswered] = useState<{ value: string; found: readonly Found[] | null; error: string | null } | null>(null);
  const isAsked = value.length >= SHORTEST;
  useEffect(() => {
    if (!isAsked) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      run(layout.documents.find, { value, first: MOST }, { signal: abort.signal }).then(
        ({ data, errors }) => {
          const customers = data?.findCustomers as Record<string, unknown>[] | null | undefined;
          const found = customers?.filter(({ id }) => id !== notId).map((customer) => asFound(customer, layout.name)) ?? null;
          setAnswered({ value, found, error: found === null ? sentenceOf(errors[0]) : null });
        },
        (error: unknown) => !abort.signal.aborted && setAnswered({ value, found: null, error: sentenceOf(error) }),
      );
    }, QUIET);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [isAsked, value, notId, layout, run, sentenceOf]);
  if (!isAsked || answered === null) return { found: null, error: null };
  // Who was found by less is shown until the next answer; that nobody is found holds for what was asked alone.
  return answered.value === value || (answered.found?.length ?? 0) > 0 ? answered : { found: null, error: null };
}

function asFound(customer: Record<string, unknown>, namePath: string | null): Found {
  const name = namePath === null ? null : readPath(customer, namePath);
  const identifiers = (customer.identifiers ?? []) as Found['identifiers'];
  return { id: String(customer.id), name: typeof name === 'string' ? name : null, identifiers: identifiers.slice(0, 2) };
}
