import type { Logger } from 'pino';
import type { DataAdapter } from '../adapters/data-adapter.ts';
import type { Metrics } from '../observability/metrics.ts';
import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';
import type { SourceFailures } from '../observability/source-failures.ts';
import { BUILT_IN_SOURCES } from '../profile/field-binding.ts';
import type { KeyNormalizers } from '../profile/key-normalizers.ts';
import type { AnswerCache } from '../sources/answer-cache.ts';
import { MemoryCache } from '../sources/memory-cache.ts';
import { SharedCache } from '../sources/shared-cache.ts';
import { Source } from '../sources/source.ts';
import type { SourceObserver } from '../sources/source-observer.ts';

export interface DataSourcesOptions {
  /** The Redis through which replicas share answers, with the key that encrypts them; null keeps answers in this process. */
  readonly shared: { readonly url: string; readonly key: Uint8Array } | null;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly failures: SourceFailures;
  readonly now: () => Date;
  readonly keyNormalizers: KeyNormalizers;
  /** Bytes of UTF-8 that a key has at most. */
  readonly keyBytes: number;
}

export interface DataSources {
  readonly byName: ReadonlyMap<string, Source>;
  close(): Promise<void>;
}

/** The sources of a gateway, each with its cache, its metrics and its log. */
export function openDataSources(adapters: Iterable<readonly [string, DataAdapter]>, options: DataSourcesOptions): DataSources {
  const { logger, now, keyNormalizers, keyBytes } = options;
  const observer = observerOf(options);
  const shared = options.shared && new SharedCache(options.shared.url, options.shared.key, reportSharedCache(logger));
  const cacheOf = (name: string, { forward, policy: { cache, timeout } }: DataAdapter): AnswerCache | undefined => {
    if (cache === undefined) return undefined;
    const lifetime = cache.ttl + Math.max(cache.staleWhileRevalidate, cache.staleIfError);
    // Answers that were fetched with a viewer's own credentials stay in this process.
    return shared !== null && forward.length === 0 ? shared.of(name, lifetime, timeout) : new MemoryCache(cache.maxEntries, lifetime);
  };
  const byName = new Map(
    [...adapters].map(([name, adapter]) => {
      // A read after a write must see it, so it joins no read that began before.
      const joinCalls = !BUILT_IN_SOURCES.has(name);
      return [name, new Source(name, adapter, { observer, now, joinCalls, cache: cacheOf(name, adapter), keyNormalizers, keyBytes })];
    }),
  );
  return {
    byName,
    close: async () => {
      await Promise.allSettled([...byName.values()].map(({ adapter }) => adapter.close?.()));
      await shared?.close();
    },
  };
}

function observerOf({ logger, metrics, failures }: DataSourcesOptions): SourceObserver {
  const reportedForeign = new Set<string>();
  return {
    onCall: (source, seconds) => metrics.sourceCalled(source, seconds),
    onFailure: (failure) => {
      metrics.sourceFailed(failure.source, failure.code);
      failures.ofCall(failure);
    },
    onUnsent: (source, { message }) => {
      metrics.sourceKeyRefused(source);
      logger.debug({ source, message }, 'no call was made for a key of a data source');
    },
    onRepeat: (source, reason) => metrics.sourceRepeated(source, reason),
    onBreaker: (source, isOpen) => {
      metrics.sourceBreaker(source, isOpen);
      logger.warn(
        { source },
        isOpen
          ? 'a data source is not called for a while: its circuit breaker opened'
          : 'a data source is called again: its circuit breaker closed',
      );
    },
    onCache: (source, result) => metrics.sourceCache(source, result),
    onForeign: (source, records, came) => {
      metrics.sourceForeign(source, records);
      if (reportedForeign.has(source)) return;
      reportedForeign.add(source);
      logger.warn(
        { source, records, came },
        'a data source answered records that no key asked for: they are dropped; further ones are counted and not logged',
      );
    },
    onUnreadable: (source, records, problems) => {
      metrics.sourceUnreadable(source, records);
      logger.warn({ source, records, problems }, 'records of a data source can not be read: they are left out');
    },
  };
}

function reportSharedCache(logger: Logger): (error: unknown) => void {
  return quietly((error) => logger.warn({ error: loggable(error, []) }, 'the shared cache cannot be used: back ends are asked instead'));
}
