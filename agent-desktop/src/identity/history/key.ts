/** A type and a value, as the gateway answers them. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/** The text form of an identifier, as a key of maps. */
export const keyOf = ({ type, value }: Identifier): string => `${type}:${value}`;

/** What the gateway answers in place of a value that was erased: it names no identifier. */
export const isErased = ({ value }: Identifier): boolean => value === '(erased)';
