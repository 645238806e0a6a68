import { BearerTokens } from '../capture/bearer-token.ts';
import { ANONYMOUS_VIEWER, type Viewer } from '../model/viewer.ts';
import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';
import type { Surroundings } from './surroundings.ts';

/** Reads the viewer of the header `authorization`; synchronously where there is none. A token that proves nothing is counted. */
export type ViewerReader = (authorization: string | undefined) => Viewer | Promise<Viewer>;

/** Reads the tokens of the configured issuer, and outside production those of the `token` command. */
export function viewerReader(surroundings: Surroundings): ViewerReader {
  const { project, environment, metrics, now } = surroundings;
  const { production, secrets } = environment;
  const bearer = new BearerTokens(project.config.viewers, production ? null : secrets, now, reportKeysFailure(surroundings));
  const verify = async (authorization: string) => {
    const viewer = await bearer.read(authorization);
    if (viewer.refusal !== undefined || viewer.isUnverifiable) metrics.captureRefused('authorization');
    return viewer;
  };
  return (authorization) => (authorization === undefined ? ANONYMOUS_VIEWER : verify(authorization));
}

/** Milliseconds between two lines of the log about an issuer that is down. */
const KEYS_FAILURE_LOGGED_EVERY = 60_000;

/** Counts each failure to get the issuer's keys, and logs at most one a minute, without any part of a token. */
function reportKeysFailure({ metrics, logger, now }: Surroundings): (error: unknown) => void {
  const message =
    "the keys of the tokens' issuer (viewers.jwks) can't be fetched or used; tokens that need them count as none until they can";
  const log = (error: unknown) => logger.error({ error: loggable(error, []) }, message);
  const logQuietly = quietly(log, KEYS_FAILURE_LOGGED_EVERY, () => now().getTime());
  return (error) => {
    metrics.issuerKeysFailed();
    logQuietly(error);
  };
}
