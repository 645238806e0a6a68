import type { Logger } from 'pino';
import { BearerTokens } from '../capture/bearer-token.ts';
import { ANONYMOUS_VIEWER, type Viewer } from '../model/viewer.ts';
import type { Metrics } from '../observability/metrics.ts';
import { loggable } from '../observability/redact.ts';
import type { Surroundings } from './surroundings.ts';

/** Finds out who asks, by the header `authorization`; at once where there is none. A token that proves nothing is counted. */
export type ViewerReader = (authorization: string | undefined) => Viewer | Promise<Viewer>;

/** Reads the tokens of the configured issuer, and outside production those of the `token` command. */
export function viewerReader({ project, environment, metrics, logger, now }: Surroundings): ViewerReader {
  const { production, secrets } = environment;
  const onKeysFailure = reportKeysFailure(metrics, logger, now);
  const bearer = new BearerTokens(project.config.viewers, production ? null : secrets, now, onKeysFailure);
  const verify = async (authorization: string) => {
    const viewer = await bearer.read(authorization);
    if (viewer === null || viewer.isUnverifiable) metrics.captureRefused('authorization');
    return viewer ?? ANONYMOUS_VIEWER;
  };
  return (authorization) => (authorization === undefined ? ANONYMOUS_VIEWER : verify(authorization));
}

/** Milliseconds between two lines of the log about an issuer that is down. */
const KEYS_FAILURE_LOGGED_EVERY = 60_000;

/** Counts each failure to get the issuer's keys, and logs one a minute at most. Nothing of a token is in it. */
function reportKeysFailure(metrics: Metrics, logger: Logger, now: () => Date): (error: unknown) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    metrics.issuerKeysFailed();
    const time = now().getTime();
    if (time - loggedAt < KEYS_FAILURE_LOGGED_EVERY) return;
    loggedAt = time;
    const message =
      "the keys of the tokens' issuer (viewers.jwks) can't be fetched or used; tokens that need them count as none until they can";
    logger.error({ error: loggable(error, []) }, message);
  };
}
