import { useEffect, useState } from 'react';
import { useSecondsUntil } from '../customer/not-asked.tsx';
import { type FactValue, useOpenCustomer } from '../customer/open-customer.tsx';
import { valueText } from '../customer/value-text.ts';
import { Icon } from '../pieces/icon.tsx';
import { useText } from '../text/text.tsx';
import type { FactLine } from './fact-lines.ts';
import { FactText } from './fact-value.tsx';
import { Origin } from './origin.tsx';
import './fact-row.css';

export interface FactRowProps {
  readonly line: FactLine;
  readonly now: Date;
}

/** One line of the facts. On hover and focus its source and age take the place of the label; pressing it copies the value. */
export function FactRow({ line, now }: FactRowProps) {
  switch (line.state) {
    case 'locked':
      return <LockedRow line={line} />;
    case 'failed':
      return <FailedRow line={line} />;
    default:
      return <ValueRow line={line} now={now} />;
  }
}

function ValueRow({ line, now }: FactRowProps) {
  const text = useText();
  const { t, formatAge } = text;
  const [isCopied, copy] = useCopy(line.parts.map((part) => valueText(part.fact, part.value, text)).join(' · '));
  const old = line.parts.find(({ stale, fetchedAt }) => stale && fetchedAt !== null);
  const link = line.parts.length === 1 && line.parts[0]?.fact.kind === 'link' ? line.parts[0] : null;
  const content = (
    <>
      <span className="profile-label">{line.label}</span>
      <span className={`profile-value ${isLong(line) ? 'profile-value-long' : ''}`}>
        {line.parts.map((part, index) => (
          <span key={part.fact.path}>
            {index > 0 && <span className="profile-dot"> · </span>}
            <FactText part={part} isAlone={line.parts.length === 1} isFirst={index === 0} />
          </span>
        ))}
        {old?.fetchedAt && <span className="profile-old">{t('{age} old', { age: formatAge(old.fetchedAt, now) })}</span>}
      </span>
      <span className="profile-origin">{isCopied ? t('Copied') : <Origin part={line.parts[0] as FactValue} now={now} />}</span>
    </>
  );
  if (link !== null) return <div className="profile-fact">{content}</div>;
  return (
    <button type="button" className="profile-fact" title={line.parts[0]?.fact.description ?? undefined} onClick={copy}>
      {content}
    </button>
  );
}

/** Nothing of the value is here: only that it is locked, and what opens it. */
function LockedRow({ line }: { readonly line: FactLine }) {
  const { t } = useText();
  const opens = line.parts.some(({ code }) => code === 'INSUFFICIENT_ASSURANCE');
  return (
    <div className="profile-fact profile-fact-locked">
      <span className="profile-label">{line.label}</span>
      <span className="profile-value">
        <Icon name="lock" size="small" />
        <span className="profile-veil" />
        <span className="only-read">{opens ? t('Opens after you confirm') : t('Not for your role')}</span>
      </span>
    </div>
  );
}

/** Asks the source that failed again, and no other. */
function FailedRow({ line }: { readonly line: FactLine }) {
  const { t } = useText();
  const { asking, refresh } = useOpenCustomer();
  const failed = line.parts.find(({ state }) => state === 'failed');
  const source = failed?.source ?? failed?.fact.sources[0];
  const isAsking = source !== undefined && asking.has(source);
  const seconds = useSecondsUntil(failed?.retryAt);
  return (
    <button
      type="button"
      className="profile-fact profile-fact-failed"
      aria-disabled={isAsking}
      onClick={() => !isAsking && void refresh(source)}
    >
      <span className="profile-label">{line.label}</span>
      <span className="profile-value">
        <Icon name={isAsking ? 'clock' : 'alert'} size="small" />
        {isAsking ? t('asking again') : seconds > 0 ? t('not asked for {seconds} s', { seconds }) : failureText(failed?.code ?? null, t)}
      </span>
      <span className="profile-origin">{source === undefined ? t('try again') : t('{source}: try again', { source })}</span>
    </button>
  );
}

function failureText(code: string | null, t: ReturnType<typeof useText>['t']): string {
  if (code === 'SOURCE_TIMEOUT') return t('no answer in time');
  return code === 'SOURCE_UNAVAILABLE' ? t('no answer') : t('no usable answer');
}

/** An address or a long text may take a second line; nothing else does. */
const isLong = ({ parts }: FactLine): boolean => parts.length > 1 || ['email', 'link', 'text', 'json'].includes(parts[0]?.fact.kind ?? '');

/** Copies a text. @returns whether it was copied just now. A frame may forbid it: then nothing is said to be copied. */
function useCopy(text: string): [boolean, () => void] {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  };
  return [isCopied, copy];
}
