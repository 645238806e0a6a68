/** What pino calls its levels, the fewest messages first; `silent` is none at all. */
const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * @param text the variable LOG_LEVEL; unset or empty means `info`.
 * @throws Error for any other text.
 */
export function logLevel(text: string | undefined): (typeof LEVELS)[number] {
  if (text === undefined || text === '') return 'info';
  const level = LEVELS.find((name) => name === text);
  if (level === undefined) throw new Error(`LOG_LEVEL: expected one of ${LEVELS.join(', ')}, received ${JSON.stringify(text)}`);
  return level;
}
