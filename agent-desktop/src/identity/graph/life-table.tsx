import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import type { History, Life } from '../history/lives.ts';
import { sayOrigin } from '../history/origin-words.ts';

export interface LifeTableProps {
  readonly history: History;
  readonly rows: readonly Life[];
}

/** What the strip draws, in words: for who does not see it. */
export function LifeTable({ history, rows }: LifeTableProps) {
  const { t, formatDate, formatTime } = useText();
  const ascending = history.events.toReversed();
  const at = (moment: number) => {
    const event = ascending[moment - 1];
    return event === undefined ? null : { time: `${formatDate(event.recordedAt)} ${formatTime(event.recordedAt)}`, event };
  };
  return (
    <div className="only-read">
      <table>
        <caption>{t('From when to when each identifier was whose')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('Identifier')}</th>
            <th scope="col">{t('Whose')}</th>
            <th scope="col">{t('From')}</th>
            <th scope="col">{t('Until')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.flatMap(({ key, type, value, segments }) =>
            segments.map(({ from, to, isTheirs }) => {
              const [begun, over] = [at(from), at(to)];
              return (
                <tr key={`${key} ${from}`}>
                  <th scope="row">
                    {typeLabel(type, t)} {value}
                  </th>
                  <td>{isTheirs ? t('this customer') : t('another customer')}</td>
                  <td>{begun === null ? t('before the oldest event') : `${begun.time}, ${sayOrigin(begun.event.source, t)}`}</td>
                  <td>{over === null ? t('now') : over.time}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}
