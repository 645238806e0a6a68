import type { PreviewFragment } from '../../generated/graphql.ts';
import { Icon, type IconName } from '../../pieces/icon.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import { keyOf } from '../history/key.ts';
import './previewed-moves.css';

export interface PreviewedMovesProps {
  readonly preview: PreviewFragment;
  /** The open customer's name. */
  readonly name: string;
}

/** What a preview says, line by line: which identifiers are linked, move or are cut. */
export function PreviewedMoves({ preview, name }: PreviewedMovesProps) {
  const { t } = useText();
  const lines: { icon: IconName; identifier: { type: string; value: string }; text: string }[] = [
    ...preview.linked.map((identifier) => ({ icon: 'link' as const, identifier, text: t('is linked to {name}', { name }) })),
    ...preview.moved.map((identifier) => ({
      icon: 'arrow' as const,
      identifier,
      text: identifier.from === preview.customer.id ? t('leaves {name}', { name }) : t('comes to {name} from another customer', { name }),
    })),
    ...preview.cut.map((identifier) => ({ icon: 'cut' as const, identifier, text: t('leaves {name}, and nobody has it', { name }) })),
  ];
  if (lines.length === 0) return <p className="muted">{t('No identifier changes its customer.')}</p>;
  return (
    <ul className="identity-moved">
      {lines.map(({ icon, identifier, text }) => (
        <li key={`${icon} ${keyOf(identifier)}`}>
          <Icon name={icon} size="small" />
          <span>
            <span className="identity-type">{typeLabel(identifier.type, t)}</span> <span className="code">{identifier.value}</span> {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
