import type { DataAdapter } from '../adapters/data-adapter.ts';
import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';
import { sharedReporter } from '../observability/shared-reporter.ts';
import { BUILT_IN_SOURCES } from '../profile/field-binding.ts';
import type { AnswerCache } from '../sources/answer-cache.ts';
import { MemoryCache } from '../sources/memory-cache.ts';
import { SharedCache } from '../sources/shared-cache.ts';
import { Source } from '../sources/source.ts';
import type { SourceObserver } from '../sources/source-observer.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The sources of a gateway by name, each with its cache, its metrics and its log. Where replicas share a Redis, they share
 * answers through it, encrypted.
 * @param open closes the adapters and the shared cache.
 */
export function openDataSources(
  open: AsyncDisposableStack,
  surroundings: Surroundings,
  adapters: readonly (readonly [string, DataAdapter])[],
): ReadonlyMap<string, Source> {
  const { project, now } = surroundings;
  const { keyNormalizers, config } = project;
  const { keyBytes } = config.limits;
  const observer = observerOf(surroundings);
  const shared = config.shared === undefined ? null : openShared(open, surroundings, config.shared);
  // All are closed, also where one fails to close.
  open.defer(async () => void (await Promise.allSettled(adapters.map(async ([, adapter]) => adapter.close?.()))));
  const cacheOf = (name: string, { forward, policy: { cache, timeout } }: DataAdapter): AnswerCache | undefined => {
    if (cache === undefined) return undefined;
    const lifetime = cache.ttl + Math.max(cache.staleWhileRevalidate, cache.staleIfError);
    // Answers that were fetched with forwarded headers, such as a viewer's credentials, stay in this process.
    return shared !== null && forward.length === 0
      ? shared.of(name, lifetime, timeout, cache.maxEntries)
      : new MemoryCache(cache.maxEntries, lifetime);
  };
  return new Map(
    adapters.map(([name, adapter]) => {
      // A read of a built-in source must see an earlier write, so it joins no call that began before the write.
      const joinCalls = !BUILT_IN_SOURCES.has(name);
      return [name, new Source(name, adapter, { observer, now, joinCalls, cache: cacheOf(name, adapter), keyNormalizers, keyBytes })];
    }),
  );
}

function observerOf({ logger, metrics, failures }: Surroundings): SourceObserver {
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

function openShared(open: AsyncDisposableStack, surroundings: Surroundings, url: string): SharedCache {
  const { environment, logger, shared } = surroundings;
  const onError = quietly((error) => logger.warn({ error: loggable(error, []) }, 'the shared cache could not be used'));
  const key = environment.secrets.keys('shared-cache')[0];
  const cache = open.adopt(new SharedCache(url, { key, onError, ...sharedReporter(surroundings, 'cache') }), (opened) => opened.close());
  shared.add('cache', cache);
  return cache;
}
