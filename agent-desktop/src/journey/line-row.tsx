import { useText } from '../text/text.tsx';
import type { JourneyChannel } from './interaction.ts';
import type { LineRow } from './journey-rows.ts';
import { TrackBeside } from './track.tsx';
import './line-row.css';

export interface LineProps {
  readonly row: LineRow;
  readonly tracks: readonly JourneyChannel[];
}

/** A day's line, the unread line, or the line below what was read again after a gap. */
export function Line({ row, tracks }: LineProps) {
  return (
    <>
      <span />
      <TrackBeside tracks={tracks} from={row.from} />
      <div className="journey-line-label">
        <LineText row={row} />
      </div>
    </>
  );
}

function LineText({ row }: Pick<LineProps, 'row'>) {
  const { t } = useText();
  if (row.kind === 'day') return <DayName at={row.at} />;
  const { count } = row;
  return row.kind === 'unread'
    ? t('{count} new since you last looked', { count })
    : t('Connection was down, {count} read since', { count });
}

/** Today and yesterday by their names, other days by the day of the week. */
function DayName({ at }: { readonly at: number }) {
  const { formatDay, formatNearDay } = useText();
  const day = formatDay(new Date(at));
  const near = formatNearDay(new Date(at));
  const [weekday = '', ...rest] = day.split(' ');
  return (
    <>
      <b>{near ?? weekday.replace(',', '')}</b> {near === null ? rest.join(' ') : day}
    </>
  );
}
