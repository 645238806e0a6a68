import { z } from 'zod';
import { DOORS, type Door, type DoorRates, parseRate, type Rate, type RateText } from '../model/rate.ts';

const EXPECTED = "expected a rate such as '100/10s': a number of requests, and whole seconds, minutes, hours or days (s, m, h, d)";

const rate = z
  .custom<RateText>((value) => typeof value === 'string' && parseRate(value) !== null, EXPECTED)
  .transform((text) => parseRate(text) as Rate);

/** One rate for all doors together, or one for each door that is named. */
const rates = z
  .union([rate, z.partialRecord(z.enum(DOORS), rate)], `${EXPECTED}; or an object with such a rate for some of ${DOORS.join(', ')}`)
  .transform(byDoor)
  .optional();

/** `limits.rate` of `gateway.config.ts`: how often a client may ask. Nothing is counted without it. */
export const ratesSchema = z.strictObject({
  /** Requests of one viewer: of the subject of a token. Requests without a token are not counted here. */
  viewer: rates,
  /** Requests from one client address. Of IPv6, one network of 64 bits counts as one address. */
  address: rates,
  /** Requests with one captured identifier. */
  identifier: rates,
});

function byDoor(given: Rate | Partial<Record<Door, Rate>>): DoorRates {
  if (isRate(given)) return Object.fromEntries(DOORS.map((door) => [door, { ...given, group: 'all' }]));
  return Object.fromEntries(Object.entries(given).map(([door, own]) => [door, { ...own, group: door }]));
}

function isRate(given: Rate | Partial<Record<Door, Rate>>): given is Rate {
  return 'count' in given;
}
