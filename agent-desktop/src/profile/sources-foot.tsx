import { useOpenCustomer } from '../customer/open-customer.tsx';
import { useNow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import { summarizeSources } from './sources-summary.ts';
import './sources-foot.css';

/** How the sources answered: all fresh and how old, or which one failed, to be asked again alone. */
export function SourcesFoot() {
  const { t, formatAge } = useText();
  const { sources, isLoading, asking, refresh } = useOpenCustomer();
  const now = useNow(10_000);
  if (isLoading) return <div className="profile-sources" />;
  const { failed, stale, fresh, skipped, oldest } = summarizeSources(sources);
  const isWhole = failed.length === 0 && stale.length === 0;
  return (
    <footer className="profile-sources">
      {failed.map(({ name }) => (
        <button
          key={name}
          type="button"
          className="profile-source profile-source-failed"
          aria-disabled={asking.has(name)}
          onClick={() => !asking.has(name) && void refresh(name)}
          title={t('Ask {source} again', { source: name })}
        >
          {asking.has(name) ? t('asking {source}', { source: name }) : t('{source} failed', { source: name })}
        </button>
      ))}
      {stale.map(({ name, fetchedAt }) => (
        <span key={name} className="profile-source profile-source-stale">
          {fetchedAt === null ? name : t('{source} {age} old', { source: name, age: formatAge(fetchedAt, now) })}
        </span>
      ))}
      {fresh.length > 0 && (
        <span className="profile-source">
          {isWhole ? (
            t('{count, plural, one {# source, fresh} other {# sources, all fresh}}', { count: fresh.length })
          ) : (
            <>
              {fresh.length}
              <span className="only-read"> {t('fresh')}</span>
            </>
          )}
        </span>
      )}
      {isWhole && skipped.length > 0 && (
        <span className="profile-source profile-source-skipped" title={skipped.map(({ name }) => name).join(', ')}>
          {t('{count} not asked', { count: skipped.length })}
        </span>
      )}
      {isWhole && oldest !== null && <span className="profile-sources-end">{t('oldest {age}', { age: formatAge(oldest, now) })}</span>}
    </footer>
  );
}
