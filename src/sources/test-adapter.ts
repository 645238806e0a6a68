import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DataAdapter, DataRecord, LoadContext } from '../adapters/data-adapter.ts';
import { checkFound, MAX_FOUND } from '../adapters/search-keys.ts';
import { isNothing } from '../adapters/values.ts';
import { DEFAULT_KEY_BYTES } from '../model/identifier.ts';
import { checkAnswers } from './check-answers.ts';
import { Source } from './source.ts';
import type { SourceRecord } from './source-answer.ts';

/** Known keys of a back end, to test its adapter with. */
export interface AdapterSamples {
  /** At least two keys that exist, each with fields of its record, or of each record of its list (in any order). */
  readonly known: Readonly<Record<string, DataRecord | readonly DataRecord[]>>;
  /** Keys that do not exist. Made up when left out. */
  readonly missing?: readonly string[];
  /** Values that are no usual keys, and must do no harm. Left out: quotes, commas, percent signs and the like. */
  readonly strange?: readonly string[];
  /** A key that has several records, for an adapter without `many`. */
  readonly ambiguous?: string;
  /** Another spelling of a key (case, Unicode form, surrounding spaces, leading zeros) by which the back end finds that key. */
  readonly respelled?: string;
  /** A key that fails, or whose value is no record, while the others are well. */
  readonly failing?: string;
  /** For an adapter with `search`: texts, each with keys that it finds, at most 100. At least one text and one key. */
  readonly found?: Readonly<Record<string, readonly string[]>>;
  /** Arguments of the GraphQL field, for an adapter that reads them. None when left out. */
  readonly args?: LoadContext['args'];
  /** Headers of the caller, in lower case, for an adapter with `forward`. None when left out. */
  readonly headers?: LoadContext['headers'];
}

type Answers = readonly (SourceRecord | Error)[];
type Check = (test: AdapterTest) => Promise<void>;

/** Milliseconds within which an aborted call must end. */
const ABORT_PATIENCE = 5_000;
/** Keys in the test of large batches, where the adapter itself has no limit. */
const MANY_KEYS = 500;
const STRANGE = [
  "o'neill",
  'a"b',
  'ünïcode 日本',
  'x,y',
  'a/b?c=d&e#f',
  '%41',
  "'; drop table x; --",
  '{key}',
  '$keys',
  '$1',
  '*',
  '../..',
];

/**
 * Tests whether an adapter, with its real back end, keeps the promises that the gateway relies on. For an owner's own tests,
 * with any test runner.
 *
 * @returns the promises that were tested.
 * @throws Error that lists every broken promise, with what was expected and what was received.
 */
export async function testAdapter(adapter: DataAdapter, samples: AdapterSamples): Promise<readonly string[]> {
  if (Object.keys(samples.known).length < 2) throw new TypeError('testAdapter: expected at least two known keys, to test their order');
  const test = new AdapterTest(adapter, samples);
  const checks = Object.entries(CHECKS).filter(([promise]) => APPLIES[promise]?.(adapter, samples) ?? true);
  const broken: string[] = [];
  for (const [promise, run] of checks) {
    try {
      await run(test);
    } catch (error) {
      broken.push(`  ${promise}: ${(error as Error).message}`);
    }
  }
  if (broken.length > 0) throw new Error(`${adapter.kind}: ${broken.length} promise(s) are broken\n${broken.join('\n')}`);
  return checks.map(([promise]) => promise);
}

class AdapterTest {
  readonly adapter: DataAdapter;
  readonly samples: AdapterSamples;
  readonly known: readonly string[];
  readonly missing: readonly string[];

  constructor(adapter: DataAdapter, samples: AdapterSamples) {
    this.adapter = adapter;
    this.samples = samples;
    this.known = Object.keys(samples.known);
    this.missing = samples.missing ?? madeUp(2);
  }

  async ask(keys: readonly string[], signal: AbortSignal = AbortSignal.timeout(this.adapter.policy.timeout)): Promise<Answers> {
    const { args = {}, headers = {} } = this.samples;
    const { many, policy } = this.adapter;
    const answers = await this.adapter.load(keys, {
      args,
      headers,
      signal,
      maxAnswerBytes: policy.maxAnswerBytes,
      fields: null,
      onForeign: () => {},
    });
    return checkAnswers(answers, keys.length, many);
  }

  /** @throws Error when an answer contradicts the samples. */
  expect(keys: readonly string[], answers: Answers): void {
    for (const [index, key] of keys.entries()) {
      const answer = answers[index];
      const at = `entry ${index + 1} of ${keys.length}`;
      if (answer instanceof Error) throw new Error(`${at}: expected an answer, received the error "${answer.message}"`);
      const expected = this.samples.known[key];
      if (expected !== undefined && !hasAll(answer, expected)) throw new Error(`${at}: expected the record of its key, received another`);
      if (expected === undefined && !isNothing(answer))
        throw new Error(`${at}: expected nothing for a key that is not there, received a record`);
    }
  }

  async find(text: string, first: number, signal: AbortSignal = AbortSignal.timeout(this.adapter.policy.timeout)): Promise<string[]> {
    const { headers = {} } = this.samples;
    const found = await this.adapter.search?.(text, { first, headers, signal, maxAnswerBytes: this.adapter.policy.maxAnswerBytes });
    // With one more than is wanted, so that a longer answer shows.
    return checkFound(found, first + 1, DEFAULT_KEY_BYTES);
  }

  /** @throws Error when a text of the samples finds other keys. */
  async findAndExpect(): Promise<void> {
    for (const [index, [text, keys]] of Object.entries(this.samples.found ?? {}).entries()) {
      const found = await this.find(text, MAX_FOUND);
      const lacking = keys.filter((key) => !found.includes(key)).length;
      if (lacking > 0) throw new Error(`text ${index + 1}: expected ${keys.length} keys among the found ones, ${lacking} are not`);
    }
  }

  async askAndExpect(keys: readonly string[]): Promise<void> {
    this.expect(keys, await this.ask(keys));
  }
}

const CHECKS: Readonly<Record<string, Check>> = {
  'answers in the order of the keys': async (test) => {
    await test.askAndExpect(test.known);
    await test.askAndExpect(test.known.toReversed());
    for (const key of test.known) await test.askAndExpect([key]);
  },
  'answers null, or an empty list, for a key that is not there': async (test) => {
    const [first = '', ...others] = test.known;
    await test.askAndExpect([first, ...test.missing, ...others]);
    await test.askAndExpect(test.missing);
  },
  'answers a key that is given twice in both positions': async (test) => {
    const [first = '', second = ''] = test.known;
    await test.askAndExpect([first, second, first]);
  },
  'takes a key for nothing but a key, whatever stands in it': async (test) => {
    const strange = test.samples.strange ?? STRANGE;
    const answers = await test.ask([...strange, ...test.known]);
    for (const [index, answer] of answers.slice(0, strange.length).entries()) {
      if (!(answer instanceof Error) && !isNothing(answer)) throw new Error(`expected nothing for ${strange[index]}, received a record`);
    }
    test.expect(test.known, answers.slice(strange.length));
  },
  'has an error for a key with several records, for that key alone': (test) => failsAlone(test, test.samples.ambiguous as string),
  'takes no other spelling of a key for nothing': async (test) => {
    const [first = '', ...others] = test.known;
    const [answer] = await test.ask([test.samples.respelled as string]);
    if (!(answer instanceof Error) && isNothing(answer))
      throw new Error('expected the record or an Error for a key that is spelled otherwise, received nothing');
    await test.askAndExpect([first, ...others]);
  },
  'has an error for a key that fails, for that key alone': (test) => failsAlone(test, test.samples.failing as string),
  'settles when it is aborted, and works on afterwards': async (test) => {
    const controller = new AbortController();
    const aborted = [test.ask(test.known, AbortSignal.abort()), test.ask(test.known, controller.signal)];
    controller.abort();
    await expectOver(aborted);
    await test.askAndExpect(test.known);
  },
  'answers more keys than fit into one call, in several': async (test) => {
    const limit = Math.min(test.adapter.policy.maxBatch, MANY_KEYS);
    const sizes: number[] = [];
    const counting: DataAdapter = {
      ...test.adapter,
      load: (keys, context) => {
        sizes.push(keys.length);
        return test.adapter.load(keys, context);
      },
    };
    const source = new Source('adapter', counting);
    const scope = source.scope(test.samples.args ?? {}, test.samples.headers ?? {});
    const keys = [...test.known, ...madeUp(limit), ...test.missing];
    test.expect(keys, await Promise.all(keys.map(async (key) => (await source.ask(key, scope).answer.promise()).record)));
    if (sizes.some((size) => size > test.adapter.policy.maxBatch))
      throw new Error(`expected calls of at most ${test.adapter.policy.maxBatch} keys`);
  },
  'finds keys by a text, and no more than are wanted': async (test) => {
    await test.findAndExpect();
    for (const text of Object.keys(test.samples.found ?? {})) {
      const { length } = await test.find(text, 1);
      if (length > 1) throw new Error(`expected at most 1 key where 1 is wanted, received more`);
    }
  },
  'takes a text for nothing but a text, whatever stands in it': async (test) => {
    // A text that can't be sent is refused for itself.
    await Promise.allSettled([...STRANGE, '%%', '__', '\\\\'].map((text) => test.find(text, MAX_FOUND)));
    await test.findAndExpect();
    const found = await test.find('no such text anywhere', MAX_FOUND);
    if (found.length > 0) throw new Error('expected nothing for a text that is nowhere, received keys');
  },
  'settles when a search is aborted, and searches on afterwards': async (test) => {
    const [text = ''] = Object.keys(test.samples.found ?? {});
    const controller = new AbortController();
    const aborted = [test.find(text, 1, AbortSignal.abort()), test.find(text, 1, controller.signal)];
    controller.abort();
    await expectOver(aborted);
    await test.findAndExpect();
  },
};

/** @throws Error when calls that were aborted go on. */
async function expectOver(aborted: readonly Promise<unknown>[]): Promise<void> {
  const settled = Promise.allSettled(aborted).then(() => true);
  const late = new AbortController();
  const isOver = await Promise.race([settled, pause(ABORT_PATIENCE, false, { signal: late.signal }).catch(() => false)]);
  late.abort();
  if (!isOver) throw new Error(`expected an aborted call to be over within ${ABORT_PATIENCE} ms, it was not`);
}

const isSearchable = ({ search }: DataAdapter, { found = {} }: AdapterSamples) => search !== undefined && Object.keys(found).length > 0;

/** The promises that not every adapter can be tested for. */
const APPLIES: Readonly<Record<string, (adapter: DataAdapter, samples: AdapterSamples) => boolean>> = {
  'has an error for a key with several records, for that key alone': ({ many }, { ambiguous }) => !many && ambiguous !== undefined,
  'takes no other spelling of a key for nothing': (_, { respelled }) => respelled !== undefined,
  'has an error for a key that fails, for that key alone': (_, { failing }) => failing !== undefined,
  'finds keys by a text, and no more than are wanted': isSearchable,
  'takes a text for nothing but a text, whatever stands in it': isSearchable,
  'settles when a search is aborted, and searches on afterwards': isSearchable,
};

async function failsAlone(test: AdapterTest, key: string): Promise<void> {
  const [first = '', ...others] = test.known;
  const answers = await test.ask([first, key, ...others]);
  if (!(answers[1] instanceof Error)) throw new Error('expected an Error for the key, received an answer');
  test.expect(test.known, [answers[0] as SourceRecord | Error, ...answers.slice(2)]);
}

function madeUp(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `no-such-key-${n}`);
}

function hasAll(answer: SourceRecord | undefined, expected: DataRecord | readonly DataRecord[]): boolean {
  if (!Array.isArray(expected)) return hasFields(answer, expected as DataRecord);
  if (!Array.isArray(answer) || answer.length !== expected.length) return false;
  return expected.every((record) => answer.some((each) => hasFields(each, record)));
}

function hasFields(record: unknown, expected: DataRecord): boolean {
  if (typeof record !== 'object' || record === null) return false;
  return Object.entries(expected).every(([name, value]) => isDeepStrictEqual((record as DataRecord)[name], value));
}
