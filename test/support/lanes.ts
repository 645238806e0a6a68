import inject, { type InjectOptions, type Response } from 'light-my-request';
import { expect } from 'vitest';
import type { Gateway } from '../../src/wiring/gateway.ts';

/**
 * Has `app.inject` come in where a server's requests do, in front of the fast lane, and not behind it.
 * @param compare whether each query goes both ways.
 * @param onAnswer is given every answer.
 */
export function throughTheFrontDoor(
  { app, handle }: Pick<Gateway, 'app' | 'handle'>,
  compare: boolean,
  onAnswer: (answer: Response) => void,
): void {
  const behind = app.inject.bind(app);
  const inFront = async (options: InjectOptions | string): Promise<Response> => {
    const answer = await inject(handle, options);
    onAnswer(answer);
    if (compare && typeof options === 'object' && isQuery(options)) {
      expect(comparable(answer)).toEqual(comparable(await behind(options)));
    }
    return answer;
  };
  app.inject = inFront as typeof app.inject;
}

/** Only these may be asked twice. One with a handoff uses it up. */
function isQuery({ method, url, payload }: InjectOptions): boolean {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null);
  return method === 'POST' && /^\/graphql\b(?!.*[?&]ct=)/.test(String(url)) && !/\bmutation\b/.test(text);
}

/** What both ways answer, byte for byte, but for what is another at each time. */
function comparable({ statusCode, headers, payload }: Response) {
  const { date: _, 'x-request-id': __, 'set-cookie': cookie, ...others } = headers;
  // Whoever begins as a visitor is another one the second time.
  if (cookie !== undefined) return { statusCode, headers: Object.keys(others) };
  const body = payload.replaceAll(/"fetchedAt":"[^"]*"/g, '"fetchedAt":""').replaceAll(/"requestId":"[^"]*"/g, '"requestId":""');
  return { statusCode, headers: Object.entries(others), body };
}
