import { expect } from 'vitest';

const INTERNAL = /"code":"INTERNAL"/;
/** What the gateway logs beside each INTERNAL, at whichever door: over sockets and event streams, too. */
const SURPRISE = /something unexpected went wrong/i;

export function isInternal(answer: string): boolean {
  return INTERNAL.test(answer);
}

/** Nothing that a client or a back end can send is the gateway's own fault. @param log lines, as they were written. */
export function expectNoSurprise(answers: readonly string[], log: readonly string[]): void {
  const surprises = [...answers, ...log.filter((line) => SURPRISE.test(line))];
  expect(surprises, 'expected no INTERNAL; a test that makes one on purpose says provokesInternal: true').toEqual([]);
}
