import { z } from 'zod';
import { DEFAULT_KEY_BYTES } from '../model/identifier.ts';
import { type ByteSize, parseByteSize, quantity } from '../model/quantity.ts';
import { ratesSchema } from './rates.ts';

/** `limits` of `gateway.config.ts`: what one request, one client and one customer may cost. */
export const limitsSchema = z.strictObject({
  /** Levels of fields within fields. */
  depth: z.number().int().positive().default(15),
  /** Fields with an alias. */
  aliases: z.number().int().nonnegative().default(30),
  /** Fields at the root of an operation, those of fragments included. */
  rootFields: z.number().int().positive().default(20),
  /** Lexical tokens of the document. */
  tokens: z.number().int().positive().default(5_000),
  /** Uses of directives such as `@include`. */
  directives: z.number().int().nonnegative().default(50),
  /** Identifiers of one customer. Beyond this number, the oldest of the weakest class are removed. */
  identifiers: z.number().int().positive().default(50),
  /**
   * Bytes of UTF-8 of an identifier value or another key of a data source. The default is enough for any e-mail address (RFC
   * 5321: 254). At least the length of a stored hash; at most a length in which patterns are searched quickly.
   */
  keyBytes: z.number().int().min(64).max(1_024).default(DEFAULT_KEY_BYTES),
  /** Size of a request's body, and of one WebSocket message. */
  bodyBytes: quantity<ByteSize>(parseByteSize, "expected a size such as '1MB'", (bytes) => bytes > 0).prefault('1MB'),
  /** How often a client may ask; off where it is left out. */
  rate: ratesSchema.optional(),
  /** Whether new requests are refused while the gateway has more work than it can do. */
  shedding: z.boolean().default(true),
});
