import type { Logger } from 'pino';
import { LiveHub } from '../journey/live-hub.ts';
import { SharedLiveEvents } from '../journey/shared-live-events.ts';
import type { LiveEvents } from '../model/ports.ts';
import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';

/** Live events, over all replicas where they share a Redis. @param keys of 32 bytes: the first encrypts them there, all open them. */
export function openLiveEvents(shared: string | undefined, keys: readonly Uint8Array[], logger: Logger): LiveEvents {
  if (shared === undefined) return new LiveHub();
  const warn = quietly((error: unknown) =>
    logger.warn({ error: loggable(error, []) }, 'live events do not reach the other replicas: subscribers there miss them'),
  );
  return new SharedLiveEvents(shared, keys, warn);
}
