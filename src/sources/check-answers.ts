import { AdapterFailure } from '../adapters/adapter-failure.ts';
import { describeValue, isEmptyObject, isRecord } from '../adapters/values.ts';
import type { SourceRecord } from './source-answer.ts';

/**
 * Checks what a `load` answered against its promises.
 * @returns one entry per key: its record, or the error of that key alone.
 * @throws AdapterFailure SOURCE_INVALID for anything but a list with one entry per key.
 */
export function checkAnswers(answers: unknown, count: number, many: boolean): (SourceRecord | Error)[] {
  if (!Array.isArray(answers)) {
    throw new AdapterFailure('SOURCE_INVALID', `load() must return an array with one entry per key, received ${describeValue(answers)}`);
  }
  if (answers.length !== count) {
    throw new AdapterFailure('SOURCE_INVALID', `load() must return one entry per key: expected ${count}, received ${answers.length}`);
  }
  // `map` would leave the holes of `new Array(keys.length)`, in which a load has put nothing for keys without a record.
  return Array.from(answers, (answer) => checkAnswer(answer, many));
}

function checkAnswer(answer: unknown, many: boolean): SourceRecord | Error {
  if (answer instanceof Error) return answer;
  if (answer === null || answer === undefined) return many ? [] : null;
  if (many) {
    if (isEmptyObject(answer)) return [];
    if (Array.isArray(answer)) {
      if (answer.every(isRecord)) return answer;
      // A null in a list is no record.
      const records = answer.filter((each) => each !== null && each !== undefined);
      if (records.every(isRecord)) return records;
    }
    return new AdapterFailure('SOURCE_INVALID', `expected a list of records, received ${describeValue(answer)}`);
  }
  if (isRecord(answer)) return answer;
  return new AdapterFailure('SOURCE_INVALID', `expected one record or null, received ${describeValue(answer)}`);
}
