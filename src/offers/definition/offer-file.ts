import type { Offer } from '../../model/offer.ts';

/** A file in `offers/`. */
export interface OfferFile {
  /** The offer's name: the file's, without its extension. */
  readonly name: string;
  /** The path as messages show it. */
  readonly file: string;
  /** Its text, for positions in messages. */
  readonly text: string;
  /** Null where the file has a problem, which is reported. Its name exists all the same, so other files may use it. */
  readonly offer: Offer | null;
}
