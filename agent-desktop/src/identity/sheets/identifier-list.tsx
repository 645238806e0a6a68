import { Icon } from '../../pieces/icon.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import { type Identifier, keyOf } from '../history/key.ts';
import './identifier-list.css';

export interface IdentifierListProps {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly identifiers: readonly (Identifier & { readonly linkedAt: string; readonly source: string })[];
  /** Keys of those that are chosen. */
  readonly chosen: ReadonlySet<string>;
  readonly isOne: boolean;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

/** The customer's identifiers, of which one or several are chosen. */
export function IdentifierList({ label, identifiers, chosen, isOne, onChoose }: IdentifierListProps) {
  const { t, formatDate } = useText();
  const toggle = (key: string) => () => {
    if (isOne) return onChoose(new Set([key]));
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    onChoose(next);
  };
  return (
    <fieldset className="identity-choices">
      <legend className="only-read">{label}</legend>
      {identifiers.map((identifier) => {
        const key = keyOf(identifier);
        const isChosen = chosen.has(key);
        return (
          <label key={key} className={`identity-choice ${isChosen ? 'identity-chosen' : ''}`}>
            <input type={isOne ? 'radio' : 'checkbox'} name="identity-choice" checked={isChosen} onChange={toggle(key)} />
            <span className="identity-type">{typeLabel(identifier.type, t)}</span>
            <span className="code cut">{identifier.value}</span>
            <span className="muted identity-since">{t('since {date}', { date: formatDate(identifier.linkedAt) })}</span>
            {isChosen && <Icon name={isOne ? 'cut' : 'arrow'} size="small" />}
          </label>
        );
      })}
    </fieldset>
  );
}
