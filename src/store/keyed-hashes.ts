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
  return keyedHash(key, `erased:${idKey}`);
}

/** Recognises an identity event that is sent again; it says nothing of whose the event is. @param key the store's secret. */
export function identityEventHash(key: string, eventId: string, identifiers: readonly Identifier[]): Buffer {
  return keyedHash(key, JSON.stringify([eventId, [...new Set(identifiers.map(identifierKey))].sort()])).subarray(0, SHORT);
}

/** Recognises an erased interaction that is sent again. @param key the store's secret. @param deciding says whose it was. */
export function erasedInteractionHash(key: string, id: string, deciding: Identifier): Buffer {
  return keyedHash(key, JSON.stringify(['erased interaction', id, identifierKey(deciding)])).subarray(0, SHORT);
}

/** What is kept of the agent who confirmed a customer. @param key the store's secret. @param agent the agent's key. */
export function agentHash(key: string, agent: string): Buffer {
  return keyedHash(key, `agent:${agent}`);
}

function keyedHash(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
