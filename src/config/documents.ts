import { z } from 'zod';

/** `documents` of `gateway.config.ts`: which GraphQL documents run, and how clients name them without sending their text. */
export const documentsSchema = z.strictObject({
  /** The manifest of trusted documents; a relative path starts at the configuration's folder. No document is trusted if not given. */
  file: z.string().min(1).optional(),
  /** Whether only trusted documents run. Texts of documents are then accepted from SERVICE and ADMIN alone. */
  only: z.boolean().default(false),
  /** Whether a client may send a document's text with its hash once, and its hash alone from then on. */
  automatic: z.boolean().default(false),
});
