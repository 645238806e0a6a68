import { useSentenceOf } from '../connection/connection.tsx';
import { Bars } from '../pieces/bars.tsx';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useIsSlow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import type { JourneyReader, JourneySnapshot } from './journey-reader.ts';
import './timeline-end.css';

export interface TimelineEndProps {
  readonly reader: JourneyReader;
  readonly snapshot: JourneySnapshot;
  readonly end: React.ReactNode;
}

/** The end of what is loaded: more is coming, could not be read, or there is no more. */
export function TimelineEnd({ reader, snapshot, end }: TimelineEndProps) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const isReading =
    snapshot.start !== 'failed' && (snapshot.start === 'reading' || snapshot.older === 'reading' || snapshot.window.older.hasMore);
  const isSlow = useIsSlow(isReading);
  const hasFailed = [snapshot.start, snapshot.older, snapshot.newer].includes('failed');
  if (hasFailed) {
    const again = () =>
      void (snapshot.start === 'failed' ? reader.start() : snapshot.older === 'failed' ? reader.readOlder() : reader.readNewer());
    return (
      <Notice
        acts={
          <Button kind="fail" size="small" icon="retry" onPress={again}>
            {t('Try again')}
          </Button>
        }
      >
        {t('The journey could not be read.')} {sentenceOf(snapshot.error)}
      </Notice>
    );
  }
  if (isReading) return isSlow ? <Bars count={3} /> : null;
  return <div className="journey-beginning">{end}</div>;
}
