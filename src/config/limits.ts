import { z } from 'zod';
import { DEFAULT_KEY_BYTES } from '../model/identifier.ts';
import { type ByteSize, type Duration, parseByteSize, parseDuration, quantity } from '../model/quantity.ts';
import { ratesSchema } from './rates.ts';

/** Milliseconds that a timer of Node.js takes at most: 2^31 - 1. It takes a longer time for 1 ms. */
const MAX_TIMER = 2_147_483_647;
const isTimerTime = (milliseconds: number) => milliseconds >= 1 && milliseconds <= MAX_TIMER;

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
  /**
   * What one operation may cost, counted before it runs: 1 and the size of its list for each field that a source or the store is
   * asked for, times the sizes of the lists around it. SERVICE, AGENT and ADMIN may spend ten times as much.
   */
  cost: z.number().int().positive().default(10_000),
  /** Entities that a federation router may ask for by reference in one operation. */
  references: z.number().int().positive().default(100),
  /** Identifiers of one customer. Beyond this number, the oldest of the weakest class are removed. */
  identifiers: z.number().int().positive().default(50),
  /**
   * Bytes of UTF-8 of an identifier value or another key of a data source. The default is enough for any e-mail address (RFC
   * 5321: 254). At least the length of a stored hash; at most a length in which patterns are searched quickly.
   */
  keyBytes: z.number().int().min(64).max(1_024).default(DEFAULT_KEY_BYTES),
  /** Size of a request's body, and of one WebSocket message. */
  bodyBytes: quantity<ByteSize>(parseByteSize, "expected a size such as '1MB'", (bytes) => bytes > 0).prefault('1MB'),
  /** Bytes of the answer of one operation, and of the interactions that are read for it. */
  answerBytes: quantity<ByteSize>(parseByteSize, "expected a size such as '10MB'", (bytes) => bytes > 0).prefault('10MB'),
  /** Records that sources and the store answer to one operation. AGENT, SERVICE and ADMIN may read ten times as many. */
  rows: z.number().int().positive().default(10_000),
  /** How long one operation may run. */
  time: quantity<Duration>(parseDuration, "expected a duration such as '10s'", isTimerTime).prefault('10s'),
  /** Whether a request may hold a list of operations. All of them together may cost as much as one. */
  batching: z.boolean().default(false),
  /** TCP connections of one address at a time. Those of trusted proxies are not counted. */
  connections: z.number().int().positive().default(1_000),
  /** Operations, mostly subscriptions, that one viewer has under way over WebSockets and event streams; without a token, one address. */
  subscriptions: z.number().int().positive().default(1_000),
  /** How often a client may ask; off where it is left out. */
  rate: ratesSchema.optional(),
  /** Whether new requests are refused while the gateway has more work than it can do. */
  shedding: z.boolean().default(true),
});
