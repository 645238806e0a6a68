import { useLiveState } from '../connection/connection.tsx';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { useNow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import './offline.css';

/** Says that the journey is not live, from when it is, and when the connection is tried again. */
export function Offline() {
  const live = useLiveState(useOpenCustomer().id);
  return live.kind === 'reconnecting' ? <NotConnected since={live.since} nextTry={live.nextTry} /> : null;
}

function NotConnected({ since, nextTry }: { readonly since: Date; readonly nextTry: Date }) {
  const { t, formatTime } = useText();
  const now = useNow(1_000);
  const seconds = Math.ceil((nextTry.getTime() - now.getTime()) / 1_000);
  return (
    <p className="journey-offline" role="status">
      <Icon name="alert" />
      <span>{t('Not connected, this is from {time}.', { time: formatTime(since) })}</span>
      {/* Read out once, not every second. */}
      <span aria-hidden="true">{seconds > 0 ? t('Next try in {seconds} s.', { seconds }) : t('Trying now…')}</span>
    </p>
  );
}

/** Says that what was missed could not be read, which is another thing than no connection. */
export function UnreadGap({ onAgain }: { readonly onAgain: () => void }) {
  const { t } = useText();
  return (
    <p className="journey-offline" role="alert">
      <Icon name="alert" />
      <span>{t('The connection is back, but what was missed could not be read.')}</span>
      <Button kind="fail" size="small" icon="retry" onPress={onAgain}>
        {t('Try again')}
      </Button>
    </p>
  );
}

/** Whether the journey is live. */
export function LiveMark() {
  const { t } = useText();
  const { kind } = useLiveState(useOpenCustomer().id);
  return kind === 'connected' ? <span className="journey-live">{t('Live')}</span> : null;
}
