/** A value that a leaf type does not take. The message is what came, as a sentence's end, without the value: `a time without a zone; …`. */
export class UnfitValue extends TypeError {
  override readonly name = 'UnfitValue';
}
