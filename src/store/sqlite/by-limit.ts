import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { once } from '../plan/once.ts';

/**
 * A statement whose limit stands in its text: for a limit that is a parameter, SQLite plans the statement again at each call,
 * which takes longer than a short statement itself. To be used for few different limits, since a statement is kept for each.
 * @param textOf the statement's text with a limit.
 */
export function byLimit(database: DatabaseSync, textOf: (limit: number) => string): (limit: number) => StatementSync {
  const statements = new Map<number, StatementSync>();
  return (limit) => once(statements, limit, () => database.prepare(textOf(limit)));
}
