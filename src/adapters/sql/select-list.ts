/**
 * The names of the columns that a plain query selects, or undefined when that is not certain from the text:
 * stars, expressions without a name, and anything in parentheses are left to the database.
 */
export function selectList(query: string): string[] | undefined {
  const list = /^\s*select\s+(?!distinct\b)(.+?)\s+from\s/is.exec(query)?.[1];
  if (list === undefined || /[()*'`]/.test(list)) return undefined;
  const names = list.split(',').map((column) => /^(?:[\w.]+\s+(?:as\s+)?)?(?:\w+\.)?"?(\w+)"?$/i.exec(column.trim())?.[1]);
  return names.every((name) => name !== undefined) ? names : undefined;
}
