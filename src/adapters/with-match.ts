/** The fields to ask for: those that are needed, and the one by which rows are put back in the order of the keys. */
export function withMatch(fields: readonly string[], match: string | undefined): readonly string[] {
  const [name] = match?.split('.') ?? [];
  return name === undefined || fields.includes(name) ? fields : [name, ...fields];
}
