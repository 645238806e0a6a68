import { expect, it } from 'vitest';
import { testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

async function sender() {
  const { gateway } = await testGateway();
  const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: 'shop' })}`;
  const send = async (records: unknown) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await gateway.app.inject({ method: 'POST', url: '/interactions', headers, payload: JSON.stringify(records) });
    return { status: answer.statusCode, size: answer.body.length, ...answer.json() };
  };
  return { send };
}

it("a batch of 5,000 new customers lets others' writes in between", async () => {
  const { send } = await sender();
  const of = (value: number) => ({ type: 'view', identifiers: [{ type: 'crmId', value: String(value) }] });
  const answered: string[] = [];
  const large = send(Array.from({ length: 5_000 }, (_, index) => of(index + 1))).then(({ accepted }) =>
    answered.push(`${accepted} interactions`),
  );
  for (let index = 0; index < 3; index++) answered.push(`${(await send([of(10_000 + index)])).accepted} interaction`);
  await large;
  expect(answered).toEqual([...Array(3).fill('1 interaction'), '5000 interactions']);
});

it('a batch leaves the event loop to others while its records are checked', async () => {
  const { send } = await sender();
  // Processor time of this thread for each turn, in microseconds: the clock would count others' work on the machine as well.
  const turns: number[] = [];
  let before = process.threadCpuUsage();
  let isOver = false;
  const measure = () => {
    const now = process.threadCpuUsage();
    turns.push(now.user + now.system - before.user - before.system);
    before = now;
    if (!isOver) setImmediate(measure);
  };
  const batch = send(Array.from({ length: 5_000 }, () => ({ type: 7, id: 7, pageUrl: 7, touchpoint: 7, occurredAt: 7, identifiers: 7 })));
  setImmediate(measure);
  await batch;
  isOver = true;
  // Without slices, nearly all of it is done in one turn.
  expect(Math.max(...turns) / turns.reduce((sum, each) => sum + each, 0)).toBeLessThan(0.6);
});

it('a record with very many mistakes has a short explanation', async () => {
  const { send } = await sender();
  const names = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`n${index}`, 0]));
  const { status, size, rejected } = await send([
    { type: 'view', identifiers: Array(100).fill(0) },
    { type: 'view', ...names },
    { type: 'view', properties: names },
    { type: 'view', attributes: names },
  ]);
  expect(status).toBe(207);
  expect(rejected).toEqual([
    { index: 0, code: 'BAD_USER_INPUT', message: 'identifiers.0: expected object, received number' },
    { index: 1, code: 'BAD_USER_INPUT', message: 'expected at most 50 fields, received 20001' },
    { index: 2, code: 'BAD_USER_INPUT', message: 'properties: expected at most 16384 characters of JSON' },
    { index: 3, code: 'BAD_USER_INPUT', message: 'attributes: expected at most 50 attributes' },
  ]);
  expect(size).toBeLessThan(1_000);
});
