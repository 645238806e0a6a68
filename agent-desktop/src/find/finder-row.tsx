import { useConnection } from '../connection/connection.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Kbd } from '../pieces/kbd.tsx';
import { initialsOf } from '../pieces/seal.tsx';
import { Tag } from '../pieces/tag.tsx';
import { type Text, useText } from '../text/text.tsx';
import { typeName } from '../text/type-name.ts';
import type { FinderOption } from './finder-options.ts';
import { type FoundCustomer, shownIdentifier } from './found-customer.ts';
import { Marked } from './marked.tsx';
import { RunningTime } from './running-time.tsx';

export interface FinderRowProps {
  readonly id: string;
  readonly option: FinderOption;
  readonly typed: string;
  readonly isActive: boolean;
  readonly onPoint: () => void;
  readonly onChoose: (isBeside: boolean) => void;
}

/** One customer in the list. The focus stays in the box: the row is pointed at, and never focused. */
export function FinderRow({ id, option, typed, isActive, onPoint, onChoose }: FinderRowProps) {
  const { t } = useText();
  const { layout } = useConnection();
  const { found } = option;
  const { name, identifiers } = option.kind === 'open' ? option.opened : option.found;
  // Somebody without a name is called by an identifier, or all of them would look the same.
  const called = (found && shownIdentifier(found, typed, layout)) ?? identifiers[0] ?? null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the box hears the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the box has the focus, and names the row as its active one
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      className={name === null ? 'find-row find-row-nameless' : 'find-row'}
      onPointerMove={onPoint}
      onClick={(event) => onChoose(event.ctrlKey || event.metaKey)}
    >
      <span className="find-initials" aria-hidden="true">
        {name === null ? <Icon name="person" size="small" /> : initialsOf(name)}
      </span>
      <span className="find-name cut">
        {name !== null ? (
          <Marked text={name} typed={typed} />
        ) : called !== null ? (
          <Called identifier={called} typed={typed} />
        ) : (
          t('No name')
        )}
      </span>
      <span className="find-because cut">{found && <Because found={found} typed={typed} />}</span>
      <span className="find-end">
        <End option={option} />
        {isActive && <Kbd keys="Enter" />}
      </span>
    </div>
  );
}

function End({ option }: { readonly option: FinderOption }) {
  const { t, formatMoment } = useText();
  if (option.kind === 'open') return <RunningTime since={option.opened.openedAt} isShown />;
  const { found } = option;
  if (found.assurance === 'CLAIMED') return <Tag kind="claimed">{t('claimed')}</Tag>;
  if (found.lastSeenAt === null) return null;
  return <span className="muted">{t('last seen {when}', { when: formatMoment(found.lastSeenAt) })}</span>;
}

type Identifier = FoundCustomer['identifiers'][number];

function Called({ identifier: { type, value }, typed }: { readonly identifier: Identifier; readonly typed: string }) {
  const { t } = useText();
  return (
    <>
      {typeName(type, t)} <Marked text={value} typed={typed} />
    </>
  );
}

function Because({ found, typed }: { readonly found: FoundCustomer; readonly typed: string }) {
  const text = useText();
  const { layout } = useConnection();
  const identifier = found.name === null ? null : shownIdentifier(found, typed, layout);
  const facts = found.facts.slice(0, 2).map((fact) => factText(fact, text));
  return (
    <>
      {identifier && <Called identifier={identifier} typed={typed} />}
      {identifier && facts.length > 0 && ' · '}
      <Marked text={facts.join(' · ')} typed={typed} />
    </>
  );
}

/** A text says what it is by itself; a date or a number needs its label. */
function factText({ label, kind, value }: FoundCustomer['facts'][number], { formatDate, formatNumber, t }: Text): string {
  if (kind === 'date' || kind === 'time') return `${label} ${formatDate(String(value))}`;
  if (typeof value === 'number') return `${label} ${formatNumber(value)}`;
  if (typeof value === 'boolean') return `${label}: ${value ? t('yes') : t('no')}`;
  return String(value);
}
