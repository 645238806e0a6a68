import { expect, it } from 'vitest';
import { defineAdapter } from '../../src/adapters/define-adapter.ts';
import { OperationBudget } from '../../src/sources/operation-budget.ts';
import { Source } from '../../src/sources/source.ts';
import type { RecordFields } from '../../src/sources/source-answer.ts';
import { SourceReader } from '../../src/sources/source-reader.ts';
import { PATIENT } from '../support/ask-source.ts';

/** Readers of several operations that answer the same event, of a source that answers the fields that are asked for. */
function sharedReaders(...rows: readonly number[]) {
  const calls: (readonly string[])[] = [];
  const adapter = defineAdapter({
    policy: PATIENT,
    selectsFields: true,
    load: async (keys, { fields }) => {
      calls.push(keys);
      return keys.map((key) => Object.fromEntries((fields ?? ['all']).map((field) => [field, `${field} of ${key}`])));
    },
  });
  const event = new SourceReader(new Map([['crm', new Source('crm', adapter)]]), {});
  const [items, answerBytes, time] = Array<number>(3).fill(Number.POSITIVE_INFINITY) as [number, number, number];
  const limits = { items, answerBytes, time };
  const readers = rows.map((each) => event.sharedWith(new OperationBudget({ ...limits, rows: each })));
  return { calls, event, readers };
}

const ask = async (reader: SourceReader | undefined, key: string, fields: RecordFields = null) =>
  (await reader?.ask('crm', key, {}, fields, null).promise())?.record;

it('counts an answer for each operation that reads it, and ends no other when one is beyond its budget', async () => {
  const { calls, readers } = sharedReaders(1, 2);
  const [small, large] = readers;
  await Promise.all([ask(small, '1'), ask(small, '1'), ask(large, '1')]);
  await Promise.all([ask(small, '2'), ask(large, '2')]);
  expect([small?.budget.exceeded?.code, large?.budget.exceeded]).toEqual(['OPERATION_TOO_COMPLEX', null]);
  expect(calls.flat()).toEqual(['1', '2']);
});

it('goes on for the others when one operation is abandoned, and gives its calls up when the event is', async () => {
  const { event, readers } = sharedReaders(9, 9);
  const [leaving, staying] = readers;
  const answers = [ask(leaving, '1'), ask(staying, '1')];
  leaving?.abandon();
  expect([leaving?.signal.aborted, staying?.signal.aborted]).toEqual([true, false]);
  expect(await Promise.all(answers)).toEqual([{ all: 'all of 1' }, { all: 'all of 1' }]);
  event.abandon();
  expect(staying?.signal.aborted).toBe(true);
  await expect(ask(staying, '2')).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
});

it('gives each operation the fields that it needs', async () => {
  const [one, other] = sharedReaders(9, 9).readers;
  expect(await ask(one, '1', new Set(['name']))).toMatchObject({ name: 'name of 1' });
  expect(await ask(other, '1', new Set(['email']))).toMatchObject({ email: 'email of 1' });
});
