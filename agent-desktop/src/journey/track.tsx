import { Icon } from '../pieces/icon.tsx';
import { useText } from '../text/text.tsx';
import { classOf, lookOf } from './channels.ts';
import type { JourneyChannel } from './interaction.ts';
import { wayIn } from './tracks.ts';
import './track.css';

export interface TrackProps {
  readonly tracks: readonly JourneyChannel[];
  readonly channel: JourneyChannel;
  /** The channel of the row above; null for the first row. */
  readonly from: JourneyChannel | null;
  readonly goesOn: boolean;
  /** A look is a ring, an act a filled stop. */
  readonly isLook: boolean;
  /** Several interactions in one row. */
  readonly isStack?: boolean;
  /** It goes on at this moment. */
  readonly isNow?: boolean;
}

/** The tracks of a row: the way in from the row above, the stop, and the way down. */
export function Track({ tracks, channel, from, goesOn, isLook, isStack = false, isNow = false }: TrackProps) {
  const { t } = useText();
  const track = tracks.indexOf(channel);
  const { icon, name } = lookOf(channel);
  return (
    <div className={`journey-tracks ${classOf(channel)}`} style={{ '--journey-track': track } as React.CSSProperties}>
      <span className="only-read">{name(t)}</span>
      {from !== null && (
        <svg className="journey-in" viewBox={`0 0 ${tracks.length * 18} 18`} aria-hidden="true">
          <path d={wayIn(tracks.indexOf(from), track)} />
        </svg>
      )}
      {goesOn && <i className="journey-down" />}
      {isStack && <span className="journey-stop-behind" />}
      <span className={`journey-stop ${isLook ? 'journey-stop-look' : ''} ${isNow ? 'journey-stop-now' : ''}`}>
        <Icon name={icon} />
      </span>
    </div>
  );
}

/** The tracks beside a line: the way down from the row above. */
export function TrackBeside({ tracks, from }: Pick<TrackProps, 'tracks' | 'from'>) {
  const style = { '--journey-track': from === null ? 0 : tracks.indexOf(from) } as React.CSSProperties;
  return (
    <div className="journey-tracks" style={style}>
      {from !== null && <i className="journey-down journey-down-whole" />}
    </div>
  );
}
