/** Counts by key what is under way, such as the connections of each address. Keys with nothing under way take no memory. */
export class KeyCounts {
  /** What one key may have under way. */
  readonly max: number;
  readonly #underWay = new Map<string, number>();

  constructor(max: number) {
    this.max = max;
  }

  /** @returns false when the key has too many already; otherwise call `end` later. */
  begin(key: string): boolean {
    const underWay = this.#underWay.get(key) ?? 0;
    if (underWay >= this.max) return false;
    this.#underWay.set(key, underWay + 1);
    return true;
  }

  end(key: string): void {
    const left = (this.#underWay.get(key) ?? 0) - 1;
    if (left > 0) this.#underWay.set(key, left);
    else this.#underWay.delete(key);
  }
}
