import { Fragment } from 'react';
import type { FactValue } from '../customer/open-customer.tsx';
import { valueText } from '../customer/value-text.ts';
import { wordsOf } from '../customer/words.ts';
import { Icon } from '../pieces/icon.tsx';
import { useText } from '../text/text.tsx';

export interface FactTextProps {
  readonly part: FactValue;
  /** False where it stands on a line with others: a number then says what it counts, as `5,391 points`. */
  readonly isAlone: boolean;
  readonly isFirst: boolean;
}

export function FactText({ part, isAlone, isFirst }: FactTextProps) {
  const text = useText();
  if (part.state !== 'value') return <Missing part={part} />;
  const shown = valueText(part.fact, part.value, text);
  switch (part.fact.kind) {
    case 'email':
      return <WithBreaks text={shown} before="@" />;
    case 'code':
      return <span className="code">{shown}</span>;
    case 'link':
      return <SafeLink href={shown} />;
    case 'number':
    case 'date':
    case 'time':
      return (
        <span className="number">
          {shown}
          {!isAlone && ` ${nameOf(part, text.language)}`}
        </span>
      );
    case 'choice':
      return isFirst && !isAlone ? <b className="profile-strong">{shown}</b> : shown;
    default:
      return shown;
  }
}

function Missing({ part }: { readonly part: FactValue }) {
  const { t } = useText();
  const isLocked = part.state === 'locked';
  return (
    <span className="profile-part-missing">
      <Icon name={isLocked ? 'lock' : 'alert'} size="small" />
      <span className="only-read">
        {part.fact.label} {isLocked ? t('Opens after you confirm') : t('no answer')}
      </span>
    </span>
  );
}

/** Only addresses of web pages become links: one such as `javascript:` would run in this page. */
function SafeLink({ href }: { readonly href: string }) {
  if (!/^https?:\/\//i.test(href)) return href;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {href.replace(/^https?:\/\//i, '')}
    </a>
  );
}

/** A text that may be cut into lines before a sign. */
function WithBreaks({ text, before }: { readonly text: string; readonly before: string }) {
  const parts = text.split(before);
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text stay in their places.
    <Fragment key={index}>
      {index > 0 && (
        <>
          <wbr />
          {before}
        </>
      )}
      {part}
    </Fragment>
  ));
}

/** `Loyalty points` and `Points` both count `points`. */
function nameOf({ fact }: FactValue, language: string): string {
  const name = wordsOf(fact.path.split('.').at(-1) ?? fact.path);
  return language === 'en' ? name.toLowerCase() : name;
}
