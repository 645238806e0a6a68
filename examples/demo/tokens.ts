import { signDevelopmentToken } from '../../src/capture/development-token.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadProject } from '../../src/config/load-project.ts';
import { locateStore } from '../../src/store/open-store.ts';

export type MakeToken = (role: 'CUSTOMER' | 'SERVICE' | 'AGENT', subject: string) => Promise<string>;

/**
 * Makes development tokens as the command `token` does, but in this process: starting that command would take a second.
 * @throws ProjectError when the demo's configuration has a mistake.
 */
export async function openTokens(): Promise<MakeToken> {
  const { config, directory } = await loadProject('gateway.config.ts');
  if (config === null) throw new Error('gateway.config.ts: expected a configuration without mistakes; the gateway prints them');
  const { secrets } = readEnvironment(process.env, locateStore(config.store, directory).folder);
  return (role, subject) =>
    signDevelopmentToken({ subject, roles: role === 'CUSTOMER' ? [] : [role.toLowerCase()], expires: '8h' }, config.viewers, secrets);
}
