import fc from 'fast-check';

/** What fast-check generates and shrinks: everything else is read from such numbers, and zeros read as the simplest thing. */
export function tape(length: number): fc.Arbitrary<readonly number[]> {
  const numbers = (minLength: number) => fc.array(fc.nat({ max: 0xffff }), { minLength, maxLength: length, size: 'max' });
  return fc.oneof({ withCrossShrink: true }, { weight: 1, arbitrary: numbers(0) }, { weight: 4, arbitrary: numbers(length) });
}

/** Decisions, read one after the other from a tape. */
export class Choices {
  readonly #tape: readonly number[];
  readonly #next: (position: number) => number;
  #position = 0;

  private constructor(tape: readonly number[], next: (position: number) => number) {
    this.#tape = tape;
    this.#next = next;
  }

  /** Beyond the tape's end all is simple. */
  static along(tape: readonly number[]): Choices {
    return new Choices(tape, (position) => position);
  }

  /** The same for the same name, in whichever order they are asked for. */
  static named(tape: readonly number[], name: string): Choices {
    let hash = 0x811c9dc5;
    for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
    hash ^= hash >>> 15;
    return new Choices(tape, (position) => (hash + position) % tape.length);
  }

  /** From 0 to one less than `count`. */
  below(count: number): number {
    return (this.#tape[this.#next(this.#position++)] ?? 0) % count;
  }

  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}
