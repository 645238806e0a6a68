import type { OidcSignIn } from '../model/gateway.ts';
import type { Session } from './session.ts';

/** Loaded when somebody signs in at an issuer: who is signed in, or in development, does not need it. */
const oidc = () => import('./oidc-sign-in.ts');

/** Lets the session renew its token and end at the issuer. */
export function signsInAt(session: Session, settings: OidcSignIn): void {
  session.renew = async () => {
    const signOuts = session.signOuts();
    const grant = await (await oidc()).renewSignIn(settings);
    // Who signed out while the issuer was asked stays signed out.
    if (grant === null || session.signOuts() !== signOuts) return false;
    session.signedIn(grant);
    return true;
  };
  session.ending = () => void oidc().then(({ endSignIn }) => endSignIn(settings).catch(() => {}));
}

export async function goToIssuer(settings: OidcSignIn): Promise<void> {
  await (await oidc()).beginSignIn(settings);
}

/** @throws SignInFailure when the answer is none to this tab's question, or the issuer refused. */
export async function comeBackFromIssuer(session: Session, settings: OidcSignIn, returned: URLSearchParams): Promise<void> {
  session.signedIn(await (await oidc()).finishSignIn(settings, returned));
}
