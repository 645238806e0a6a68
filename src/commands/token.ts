import { signDevelopmentToken } from '../capture/development-token.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadProject } from '../config/load-project.ts';
import type { ViewerRole } from '../model/viewer.ts';
import { locateStore } from '../store/open-store.ts';
import { compileProject } from '../wiring/compile-project.ts';

export interface TokenOptions {
  readonly config: string;
  readonly role: readonly ViewerRole[];
  readonly subject: string;
  /** As jose understands it: `8h`. */
  readonly expires: string;
}

/**
 * Prints a bearer token that this project's gateway accepts outside production.
 * @throws Error for an empty subject, and in production, where tokens come from the issuer in `viewers`.
 */
export async function token({ config, role, subject, expires }: TokenOptions): Promise<void> {
  // From a shell variable that is not set.
  if (subject.trim() === '') throw new Error('--subject: expected a text, received an empty one');
  const project = await compileProject(await loadProject(config));
  const { production, secrets } = readEnvironment(process.env, locateStore(project.config.store, project.directory).folder);
  if (production) throw new Error('token: development tokens are not made, nor believed, when NODE_ENV=production');
  const roles = role.filter((each) => each !== 'CUSTOMER').map((each) => each.toLowerCase());
  let signed: Promise<string>;
  try {
    signed = signDevelopmentToken({ subject, roles, expires }, project.config.viewers, secrets);
  } catch {
    throw new Error(`--expires: expected a duration such as 8h, received ${JSON.stringify(expires)}`);
  }
  process.stdout.write(`${await signed}\n`);
}
