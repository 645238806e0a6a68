import type { DesktopSettings, ProfileLayout } from '../model/gateway.ts';
import { RequestFailure } from './gateway-error.ts';

export const readSettings = (): Promise<DesktopSettings> => readJson('/agent/settings.json');

export const readLayout = (token: string): Promise<ProfileLayout> =>
  readJson('/agent/profile.json', { headers: { authorization: `Bearer ${token}` } });

/** @throws RequestFailure with the gateway's code. */
export async function readJson<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(path, { credentials: 'omit', ...init }).catch(() => {
    throw new RequestFailure('OFFLINE', { message: 'The gateway cannot be reached.' });
  });
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as Body;
  const error = (body as { error?: { code?: string; message?: string } } | null)?.error;
  const code = error?.code ?? 'INTERNAL';
  throw new RequestFailure(code, { message: error?.message ?? `The gateway answered ${response.status}.`, extensions: { code } });
}
