import { deepStrictEqual } from 'node:assert';
import { random } from './random.ts';
import type { Running } from './stage.ts';
import { CUSTOMERS, expectedAnswer, REQUEST_BODY } from './work.ts';

const CHECKED = 50;

/** Checks the answers for the first, the last and some other customers. @throws Error that names the contestant, for an answer that is not the expected one. */
export async function verifyAnswers({ contestant, port }: Running): Promise<void> {
  const next = random(7);
  const customers = [1, CUSTOMERS, ...Array.from({ length: CHECKED - 2 }, () => 1 + Math.floor(next() * CUSTOMERS))];
  for (const customer of customers) {
    const headers = { 'content-type': 'application/json', cookie: `customer_id=${customer}` };
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body: REQUEST_BODY });
    const text = await response.text();
    try {
      deepStrictEqual(JSON.parse(text), JSON.parse(expectedAnswer(customer)));
    } catch {
      const wanted = expectedAnswer(customer);
      throw new Error(`${contestant.name}: customer ${customer}: expected ${wanted}, received ${response.status} ${text}`);
    }
  }
}
