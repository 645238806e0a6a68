import type { AdapterFailure } from '../adapter-failure.ts';
import type { KeyNormalizer } from '../data-adapter.ts';
import { looseForm } from '../key-text.ts';

/** Keys of records that are broken: what the file says of them is not known, so they are not "nothing there". */
export class BrokenKeys {
  readonly #failures = new Map<string, AdapterFailure>();
  /** By normalisation: the failures by the form that a key has then. Made when they are first needed. */
  readonly #forms = new Map<KeyNormalizer, ReadonlyMap<string, AdapterFailure>>();

  get size(): number {
    return this.#failures.size;
  }

  add(key: string, failure: AdapterFailure): void {
    this.#failures.set(key, failure);
  }

  /** @returns why a key fails, also where the broken record spells it otherwise; undefined for a key of none. */
  failureOf(key: string, normalizeKey: KeyNormalizer | undefined): AdapterFailure | undefined {
    const normal = normalizeKey === undefined ? undefined : this.#by(normalizeKey).get(normalizeKey(key) ?? key);
    return normal ?? this.#by(looseForm).get(looseForm(key));
  }

  #by(normalize: KeyNormalizer): ReadonlyMap<string, AdapterFailure> {
    let forms = this.#forms.get(normalize);
    if (forms === undefined) {
      forms = new Map([...this.#failures].map(([key, failure]) => [normalize(key) ?? key, failure]));
      this.#forms.set(normalize, forms);
    }
    return forms;
  }
}
