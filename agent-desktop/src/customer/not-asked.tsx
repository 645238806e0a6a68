import { useNow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';

/** Seconds until the gateway asks a source again; 0 where it does so at once. */
export function useSecondsUntil(retryAt: number | undefined): number {
  const now = useNow(1_000);
  return retryAt === undefined ? 0 : Math.max(0, Math.ceil((retryAt - now.getTime()) / 1_000));
}

/** Says why the same error comes again at once: the gateway gives a source that fails too often a rest. */
export function NotAsked({ source, retryAt }: { readonly source: string; readonly retryAt: number | undefined }) {
  const { t } = useText();
  const seconds = useSecondsUntil(retryAt);
  if (seconds === 0) return null;
  // It counts down, which nobody has to hear every second.
  return (
    <>
      {' '}
      {t('{source} failed too often, so it was not asked again.', { source })}
      <span aria-hidden="true"> {t('It can be asked in {seconds} s.', { seconds })}</span>
    </>
  );
}
