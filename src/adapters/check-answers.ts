import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord } from './data-adapter.ts';

/** What a source has for one key: a record; a list of them for a source with `many`; null for nothing. */
export type SourceRecord = DataRecord | readonly DataRecord[] | null;

/**
 * Holds what a `load` answered to its promises.
 * @returns one entry per key: what it has, or what is wrong with it for that key alone.
 * @throws AdapterFailure SOURCE_INVALID for what is no answer at all.
 */
export function checkAnswers(answers: unknown, count: number, many: boolean): (SourceRecord | Error)[] {
  if (!Array.isArray(answers)) {
    throw new AdapterFailure('SOURCE_INVALID', `load() must return an array with one entry per key, received ${describe(answers)}`);
  }
  if (answers.length !== count) {
    throw new AdapterFailure('SOURCE_INVALID', `load() must return one entry per key: expected ${count}, received ${answers.length}`);
  }
  return answers.map((answer) => checkAnswer(answer, many));
}

function checkAnswer(answer: unknown, many: boolean): SourceRecord | Error {
  if (answer instanceof Error) return answer;
  if (answer === null || answer === undefined) return many ? [] : null;
  if (many) {
    if (Array.isArray(answer) && answer.every(isRecord)) return answer;
    return new AdapterFailure('SOURCE_INVALID', `expected a list of records, received ${describe(answer)}`);
  }
  if (isRecord(answer)) return answer;
  return new AdapterFailure('SOURCE_INVALID', `expected one record or null, received ${describe(answer)}`);
}

function isRecord(value: unknown): value is DataRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value;
}
