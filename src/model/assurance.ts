/** How sure the gateway is that the request comes from, or is about, this customer; weakest first. */
export const ASSURANCES = ['ANONYMOUS', 'CLAIMED', 'RECOGNIZED', 'VERIFIED'] as const;
export type Assurance = (typeof ASSURANCES)[number];

export function isAtLeast(actual: Assurance, required: Assurance): boolean {
  return ASSURANCES.indexOf(actual) >= ASSURANCES.indexOf(required);
}

/** True for an assurance that is enough to link identifiers, and to read fields without `@access`. */
export function isProven(assurance: Assurance): boolean {
  return isAtLeast(assurance, 'RECOGNIZED');
}

export function strongestAssurance(assurances: Iterable<Assurance>): Assurance {
  let strongest: Assurance = 'ANONYMOUS';
  for (const assurance of assurances) if (isAtLeast(assurance, strongest)) strongest = assurance;
  return strongest;
}
