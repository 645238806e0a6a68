import type { SignedIn } from '../model/gateway.ts';
import { readJson } from './read-json.ts';
import type { Session } from './session.ts';

/** Development only: signs in as one of the invented agents. */
export async function signInLocally(session: Session, agent: string): Promise<void> {
  const body = JSON.stringify({ agent });
  session.signedIn(await readJson<SignedIn>('/agent/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
}
