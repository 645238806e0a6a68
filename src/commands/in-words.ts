/** What an error says, with what caused it: a database's own words are for the terminal of who owns it. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const because = cause instanceof Error && !error.message.includes(cause.message) ? cause.message : '';
  return because === '' ? error.message : `${error.message}: ${because}`;
}
