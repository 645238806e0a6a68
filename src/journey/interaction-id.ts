import { randomUUID } from 'node:crypto';

/**
 * The id of an interaction that came without one: a UUID of version 7 (RFC 9562, section 5.7), whose text is later the
 * later it was made, so interactions of one time stand in a journey in the order in which they came. The time is finer
 * than milliseconds (section 6.2, method 3): Node's own `randomUUIDv7` leaves the order within one to chance.
 */
export function newInteractionId(): string {
  const now = performance.timeOrigin + performance.now();
  const milliseconds = Math.floor(now);
  const fraction = Math.floor((now - milliseconds) * 0x1000);
  const time = milliseconds.toString(16).padStart(12, '0');
  // From the variant on, a random UUID of version 4 is built alike.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${fraction.toString(16).padStart(3, '0')}-${randomUUID().slice(19)}`;
}
