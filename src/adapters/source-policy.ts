import { z } from 'zod';
import { type ByteSize, type Duration, parseByteSize, parseDuration, quantity } from '../model/quantity.ts';

/** How a source is called. Durations and sizes are texts with a unit: `'500ms'`, `'10MB'`. */
export interface SourcePolicy {
  /** How long a key waits for its answer at most: for a free slot and for repeated attempts, too. Default `'1s'`. */
  readonly timeout?: Duration;
  /** Further attempts after one that failed, out of a budget of a fifth of all calls, each after a random pause of up to 50 ms, doubled each time. Default 1. */
  readonly retries?: number;
  /** After so many failed attempts the source is not called for a while. Default `{ errors: 10, within: '60s', halfOpenAfter: '10s' }`; `false` for none. */
  readonly breaker?: false | { readonly errors?: number; readonly within?: Duration; readonly halfOpenAfter?: Duration };
  /** Calls at the same time; a quarter of them, at least one, may be searches. Default 16. */
  readonly concurrency?: number;
  /** Keys in one call at most; more keys make more calls, at the same time. Default 100; `fileAdapter` has no limit, `httpAdapter` with `one` has 1. */
  readonly maxBatch?: number;
  /** Size of one answer at most. Default `'10MB'`. */
  readonly maxAnswerBytes?: ByteSize;
  /** True: a second call is made when the first takes longer than 95 of the latest 100 did; the first good answer counts. Only for reads that a back end may get twice. Default false. */
  readonly hedge?: boolean;
  /** Keeps answers. Left out: no answer outlives its request, apart from calls that are under way. */
  readonly cache?: CachePolicyInput;
}

/** How long answers are kept. Both stale times begin when `ttl` ends (RFC 5861). */
export interface CachePolicyInput {
  /** How long an answer is fresh. */
  readonly ttl: Duration;
  /** How long after that it is still given, marked STALE, while a new one is fetched. Default `'0s'`. */
  readonly staleWhileRevalidate?: Duration;
  /** How long after that it is given when the source fails, marked STALE. Default `'0s'`. */
  readonly staleIfError?: Duration;
  /** Answers held in memory at most; the one not used for longest goes. Default 10,000. */
  readonly maxEntries?: number;
}

const duration = quantity<Duration>(parseDuration, "expected a duration such as '500ms', '30s' or '5m'");
const moreThanNothing = duration.refine((milliseconds) => milliseconds > 0, "expected a duration of more than nothing, such as '1s'");
const count = z.number().int().positive();
const batchSize = count.or(z.literal(Number.POSITIVE_INFINITY));

/** Every default of a source's policy. */
export const policySchema = z.strictObject({
  timeout: moreThanNothing.prefault('1s'),
  retries: z.number().int().min(0).max(5).default(1),
  breaker: z
    .strictObject({
      errors: count.default(10),
      within: moreThanNothing.prefault('60s'),
      halfOpenAfter: moreThanNothing.prefault('10s'),
    })
    .or(z.literal(false))
    .prefault({}),
  concurrency: count.default(16),
  maxBatch: batchSize.default(100),
  maxAnswerBytes: quantity<ByteSize>(parseByteSize, "expected a size such as '512KB' or '10MB'").prefault('10MB'),
  hedge: z.boolean().default(false),
  cache: z
    .strictObject({
      ttl: duration,
      staleWhileRevalidate: duration.prefault('0s'),
      staleIfError: duration.prefault('0s'),
      maxEntries: count.default(10_000),
    })
    .optional(),
});

/** For a source that answers out of memory: there is no reason to limit its batches. */
export const inMemoryPolicySchema = policySchema.extend({ maxBatch: batchSize.default(Number.POSITIVE_INFINITY) });

/** A policy with every default filled in; times in milliseconds, sizes in bytes. */
export type Policy = Readonly<z.output<typeof policySchema>>;
export type BreakerPolicy = Exclude<Policy['breaker'], false>;
export type CachePolicy = NonNullable<Policy['cache']>;
