import { GatewayError } from '../model/errors.ts';
import { isLongerThan } from '../model/identifier.ts';
import type { Source } from '../sources/source.ts';
import type { KeyTypes } from './key-types.ts';
import { type IdentifierVocabulary, parseIdentifiers } from './parse-identifiers.ts';

export interface InvalidationServices extends IdentifierVocabulary {
  readonly sources: ReadonlyMap<string, Source>;
  readonly keyTypes: KeyTypes;
}

/**
 * Forgets what is kept of keys, as they were given and in the form in which the gateway asks by them.
 * @throws GatewayError NOT_FOUND for a source that is none, BAD_USER_INPUT for a key that is too long, SOURCE_UNAVAILABLE when a shared cache can't be reached.
 */
export async function invalidateKeys(services: InvalidationServices, name: string, keys: readonly string[]): Promise<void> {
  const source = services.sources.get(name);
  if (source === undefined) {
    throw new GatewayError('NOT_FOUND', `expected source to be one of ${[...services.sources.keys()].join(', ')}; there is no such source`);
  }
  const long = keys.findIndex((key) => isLongerThan(key, source.keyBytes));
  if (long !== -1) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `keys[${long}]: expected at most ${source.keyBytes} bytes of UTF-8 (limits.keyBytes), received more`,
    );
  }
  const identifiers = [...(services.keyTypes.get(name) ?? [])].flatMap((type) => keys.map((value) => ({ type, value })));
  const normalized = parseIdentifiers(services, identifiers).flatMap((result) => (result.ok ? [result.identifier.value] : []));
  try {
    await Promise.all([...new Set([...keys, ...normalized])].map((key) => source.invalidate(key)));
  } catch (cause) {
    throw new GatewayError(
      'SOURCE_UNAVAILABLE',
      'the shared cache cannot be reached: nothing is sure to be forgotten',
      { source: name },
      { cause },
    );
  }
}
