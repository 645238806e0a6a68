import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type TestGatewayOptions, temporaryDirectory, testGateway } from '../../support/gateway.ts';

export const PAGE = '<!doctype html><title>Agent desktop</title><script type="module" src="/agent/assets/index-1a2b.js"></script>';
export const SCRIPT = 'document.title = "ready";';
export const ELEMENT = 'customElements.define("customer-profile", class extends HTMLElement {});';
/** By which name a browser on this machine reaches the gateway. */
const LOCAL = { host: 'localhost:4000' };

/** A folder as the build of the desktop writes it. */
export function builtDesktop(): string {
  const folder = join(temporaryDirectory(), 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, '..', 'secret.js'), 'secret');
  writeFileSync(join(folder, 'secret.js'), 'secret');
  writeFileSync(join(folder, 'customer-profile.js'), ELEMENT);
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'index-1a2b.css'), 'p { color: red }');
  writeFileSync(join(folder, 'index.html'), PAGE);
  return folder;
}

/** A gateway with a desktop that is built. */
export async function desktopGateway({ config, ...options }: TestGatewayOptions = {}) {
  const made = await testGateway({ desktopFolder: builtDesktop(), ...(config && { config }), ...options });
  const get = (url: string, headers: Record<string, string> = {}) => made.gateway.app.inject({ url, headers: { ...LOCAL, ...headers } });
  const signIn = (
    payload: object | string = { agent: 'tom-hale' },
    more: { headers?: Record<string, string>; remoteAddress?: string } = {},
  ) =>
    made.gateway.app.inject({
      ...{ method: 'POST', url: '/agent/sign-in', payload, remoteAddress: more.remoteAddress ?? '127.0.0.1' },
      headers: { 'content-type': 'application/json', ...LOCAL, ...more.headers },
    });
  return { ...made, get, signIn };
}
