import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a value (AES-256-GCM) before it leaves this process. It is written in V8's format, not as JSON, because drivers answer
 * dates, bytes and big integers.
 * @param key of 32 bytes.
 * @param path the key or channel of Redis where the value is kept or sent. It can be decrypted only with the same one.
 */
export function seal(value: unknown, key: Uint8Array, path: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(path));
  const text = Buffer.concat([cipher.update(serialize(value)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Decrypts a value. @throws Error for bytes that `seal` did not make with this key and path. */
export function unseal(sealed: Buffer, key: Uint8Array, path: string): unknown {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(path))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return deserialize(Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]));
}
