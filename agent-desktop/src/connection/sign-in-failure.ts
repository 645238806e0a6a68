/**
 * Why nobody is signed in: `refused` at the issuer, by the agent or by its rules; `stale`, an answer to no question of this tab;
 * `failed`, all else. The message is for the person who runs the gateway, and has nothing of a token or a code.
 */
export class SignInFailure extends Error {
  readonly kind: 'refused' | 'stale' | 'failed';

  constructor(kind: SignInFailure['kind'], message: string) {
    super(message);
    this.name = 'SignInFailure';
    this.kind = kind;
  }
}
