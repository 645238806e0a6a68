import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textSizeOf } from '../../../src/graphql/execution/answer-size.ts';
import { textInSlices } from '../../../src/graphql/execution/answer-text.ts';
import { OperationBudget } from '../../../src/sources/operation-budget.ts';

const LONG = 'long '.repeat(30_000);
const write = (value: unknown, answerBytes = Number.POSITIVE_INFINITY) =>
  textInSlices(value, new OperationBudget({ rows: 1, items: 1, answerBytes, time: 1 }));

describe('the text of an answer, made in slices', () => {
  it('is what JSON.stringify makes', async () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.jsonValue(),
        fc.constantFrom(LONG, undefined, new Date(0), { toJSON: () => 'own' }, () => {}, Number.NaN),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (each) => {
        const answer = { data: each, end: [each, LONG] };
        expect(await write(answer)).toBe(JSON.stringify(answer));
      }),
      { numRuns: 300 },
    );
  });

  it('ends the operation where it has more bytes than allowed', async () => {
    const answer = { data: Array.from({ length: 10 }, () => 'ü'.repeat(100_000)) };
    const bytes = Buffer.byteLength(JSON.stringify(answer));
    await expect(write(answer, bytes)).resolves.toHaveLength(JSON.stringify(answer).length);
    await expect(write(answer, bytes - 1)).rejects.toMatchObject({ code: 'OPERATION_TOO_COMPLEX', details: { limit: 'answerBytes' } });
  });

  it('has no form for what holds itself', async () => {
    const circle: { text: string; self?: unknown } = { text: LONG };
    circle.self = circle;
    await expect(write(circle)).rejects.toThrow(TypeError);
    await expect(write([LONG, 1n])).rejects.toThrow(TypeError);
  });
});

it('the size of a value is about that of its text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), (value) => {
      const { length } = JSON.stringify(value);
      expect(textSizeOf(value)).toBeGreaterThan(length / 8);
      expect(textSizeOf(value)).toBeLessThan(2 * length + 20);
    }),
  );
});
