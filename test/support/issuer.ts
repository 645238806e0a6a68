import { createServer, type ServerResponse } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** An identity provider on this machine, which serves its keys over HTTP and signs tokens. */
export interface Issuer {
  readonly jwks: string;
  /** The number of requests for its keys. */
  readonly fetches: () => number;
  /** Sets how it answers from now on. Default: with its keys. */
  answerWith(answer?: (response: ServerResponse) => void): void;
  /** Replaces the keys by a new one. @param options `keepOld`: keeps the old keys as well; `withoutId`: tokens do not name their key. */
  rotate(options?: { readonly keepOld?: boolean; readonly withoutId?: boolean }): Promise<void>;
  /** A token signed with the newest key. @param claims `exp` is an hour from `now` by default. */
  token(claims: JWTPayload, now?: Date): Promise<string>;
}

export async function startIssuer(): Promise<Issuer> {
  let fetches = 0;
  let number = 0;
  let key: CryptoKey;
  let keys: JWK[] = [];
  let answer: ((response: ServerResponse) => void) | undefined;
  let isNamed = true;
  const rotate: Issuer['rotate'] = async ({ keepOld = false, withoutId = false } = {}) => {
    const pair = await generateKeyPair('ES256');
    key = pair.privateKey;
    isNamed = !withoutId;
    const next = { ...(await exportJWK(pair.publicKey)), kid: `key-${++number}`, alg: 'ES256' };
    keys = keepOld ? [...keys, next] : [next];
  };
  await rotate();
  const server = createServer((_, response) => {
    fetches++;
    if (answer === undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const token = (claims: JWTPayload, now = new Date()) => {
    const exp = Math.floor(now.getTime() / 1_000) + 3_600;
    return new SignJWT({ exp, ...claims }).setProtectedHeader({ alg: 'ES256', ...(isNamed && { kid: `key-${number}` }) }).sign(key);
  };
  return {
    jwks: `http://127.0.0.1:${(server.address() as { port: number }).port}/jwks`,
    fetches: () => fetches,
    answerWith: (next) => {
      answer = next;
    },
    rotate,
    token,
  };
}
