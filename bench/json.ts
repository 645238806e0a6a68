import { cpus } from 'node:os';
import { parseExactJson } from '../src/model/exact-json.ts';
import { compare, timed } from './measure.ts';

/**
 * Compares the parser that keeps all digits of numbers with `JSON.parse` on the same text, for answers with and without numbers
 * that a JavaScript number can't hold.
 */
const ROUNDS = 9;
/** Characters parsed in one round. */
const VOLUME = 6_000_000;

type RecordOf = (index: number) => string;

const order = (id: string, index: number) =>
  `{"id":${id},"name":"Order ${index}","total":${index / 100},"city":"Berlin","at":"2026-01-31T12:00:00.000Z","uid":"7f1c3e45-12ab-4e56-9e12-${String(index).padStart(12, '0')}"}`;

const TEXTS: Readonly<Record<string, RecordOf>> = {
  'no long number': (index) => order(String(4_740_993 + index), index),
  'long ids in quotes': (index) => order(`"${9_007_199_254_740_993n + BigInt(index)}"`, index),
  'long ids as numbers': (index) => order(String(9_007_199_254_740_993n + BigInt(index)), index),
};

process.stdout.write(`Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, medians of ${ROUNDS} rounds\n\n`);
process.stdout.write(
  '| an answer with       | records | characters | JSON.parse | exact | ratio |\n| --- | --- | --- | --- | --- | --- |\n',
);
for (const [what, recordOf] of Object.entries(TEXTS)) {
  for (const records of [1, 20, 2_000]) {
    const text = `[${Array.from({ length: records }, (_, index) => recordOf(index)).join(',')}]`;
    const times = Math.ceil(VOLUME / text.length);
    const [plain = 0, exact = 0] = await compare(
      [
        { name: 'JSON.parse', round: () => timed(times, () => void JSON.parse(text)) },
        { name: 'exact', round: () => timed(times, () => void parseExactJson(text)) },
      ],
      ROUNDS,
    );
    const micro = (milliseconds: number) => `${(milliseconds * 1_000).toFixed(2)} µs`;
    process.stdout.write(`| ${what} | ${records} | ${text.length} | ${micro(plain)} | ${micro(exact)} | ${(exact / plain).toFixed(2)} |\n`);
  }
}
