import { useNow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';

/** How long a customer has been open. The dot is filled for the one who is shown. */
export function RunningTime({ since, isShown }: { readonly since: Date; readonly isShown: boolean }) {
  const { formatElapsed } = useText();
  const now = useNow(1_000);
  return (
    <span className={`find-running ${isShown ? 'find-running-now' : ''}`}>
      <span className="find-dot" />
      {formatElapsed(now.getTime() - since.getTime())}
    </span>
  );
}
