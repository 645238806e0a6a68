import { expect } from 'vitest';

const INTERNAL = /"code":"INTERNAL"/;
/** The message that the gateway logs with each INTERNAL, on every transport. */
const SURPRISE = /something unexpected went wrong/i;

export function isInternal(answer: string): boolean {
  return INTERNAL.test(answer);
}

/** Expects no INTERNAL: whatever a client or a back end sends, the error must have a code of its own. @param log lines of the log. */
export function expectNoSurprise(answers: readonly string[], log: readonly string[]): void {
  const surprises = [...answers, ...log.filter((line) => SURPRISE.test(line))];
  expect(surprises, 'expected no INTERNAL; a test that makes one on purpose says provokesInternal: true').toEqual([]);
}
