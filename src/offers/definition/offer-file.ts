import type { Offer } from '../../model/offer.ts';

/** A file in `offers/`. */
export interface OfferFile {
  /** The offer's name: the file's, without its extension. */
  readonly name: string;
  /** As it is shown in messages. */
  readonly file: string;
  /** Its text, for positions in messages. */
  readonly text: string;
  /** Null where the file has a problem, which is reported. The name is no unknown one then. */
  readonly offer: Offer | null;
}
