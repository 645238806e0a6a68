import { createHmac } from 'node:crypto';
import { type Identifier, identifierKey } from '../model/identifier.ts';

/*
 * Keyed hashes, by which a store recognises what it must not keep in clear. The key is the store's own random secret, so
 * nobody outside can guess which value a hash is of, and rotating the gateway's secrets changes none of them.
 */

/** Bytes of a hash that stands for an event or an interaction. */
const SHORT = 16;

/** What is kept of an erased identifier. @param key the store's secret. @param idKey the identifier's key. */
export function erasedIdentifierHash(key: string, idKey: string): Buffer {
  return createHmac('sha256', key).update(`erased:${idKey}`).digest();
}

/** Recognises an identity event that is sent again; it says nothing of whose the event is. @param key the store's secret. */
export function identityEventHash(key: string, eventId: string, identifiers: readonly Identifier[]): Buffer {
  const keys = [...new Set(identifiers.map(identifierKey))].sort();
  return createHmac('sha256', key)
    .update(JSON.stringify([eventId, keys]))
    .digest()
    .subarray(0, SHORT);
}

/**
 * Recognises an erased interaction that is sent again.
 * @param key the store's secret. @param deciding the identifier by which the interaction was attributed.
 */
export function erasedInteractionHash(key: string, id: string, deciding: Identifier): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(['erased interaction', id, identifierKey(deciding)]))
    .digest()
    .subarray(0, SHORT);
}
