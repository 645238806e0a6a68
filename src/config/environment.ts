import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secrets } from '../capture/secrets.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { type Problem, ProjectError } from './problem.ts';

/** Settings that come from environment variables, not from the configuration. */
export interface Environment {
  readonly production: boolean;
  readonly secrets: Secrets;
}

/**
 * @param folder the store's, an absolute path. In development a secret is made once and kept there.
 * @throws ProjectError when a secret is missing in production, or too short.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv, folder: string): Environment {
  const production = variables.NODE_ENV === 'production';
  const given = variables.GATEWAY_SECRET?.split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  if (given === undefined && production) {
    throw new ProjectError([
      {
        where: 'GATEWAY_SECRET',
        message:
          'expected one or more secrets (comma-separated, the first signs) when NODE_ENV=production, received nothing; make one with: openssl rand -base64 32',
      },
    ]);
  }
  try {
    return { production, secrets: new Secrets(given ?? [developmentSecret(folder)]) };
  } catch (error) {
    throw new ProjectError([{ where: 'GATEWAY_SECRET', message: (error as Error).message }]);
  }
}

/** Usual values of NODE_ENV outside production. */
const NOT_PRODUCTION: ReadonlySet<string | undefined> = new Set([undefined, '', 'development', 'test']);

/** Without `trustProxy` in production. There is a proxy nearly always, because the gateway speaks no TLS. */
const NO_PROXY =
  "is not set: behind a proxy all clients then have the proxy's address, so limits.connections, limits.rate.address, and limits.subscriptions without a token count them as one client; name your proxies, such as ['10.0.0.0/8'], or set false if clients connect to the gateway directly";

/** Warnings of an environment that is allowed but probably a mistake; for every start, and for `check`. */
export function environmentWarnings({ NODE_ENV }: NodeJS.ProcessEnv, { trustProxy }: Pick<GatewayConfig, 'trustProxy'>): Problem[] {
  if (NODE_ENV === 'production') return trustProxy === undefined ? [{ where: 'trustProxy', message: NO_PROXY }] : [];
  if (NOT_PRODUCTION.has(NODE_ENV)) return [];
  const message = `received ${JSON.stringify(NODE_ENV)}; only "production" makes it production, with any other value the gateway runs as in development`;
  return [{ where: 'NODE_ENV', message }];
}

function developmentSecret(folder: string): string {
  const file = join(folder, 'development-secret');
  makeFolder(folder, 0o700);
  try {
    // Exclusive: of several processes that start together, one makes the file and the others read it.
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}
