import { existsSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AdapterFailure } from '../adapter-failure.ts';
import { KEYS, type SqlDatabase } from './sql-database.ts';

/** Statements kept ready, one per number of keys. */
const MAX_STATEMENTS = 200;

/** A SQLite file, read only. It answers on this thread, so it suits look-ups by an index and no long searches. */
export function sqliteDatabase(path: string): SqlDatabase {
  let opened: DatabaseSync | undefined;
  const statements = new Map<string, StatementSync>();

  const open = async () => {
    // A file that went away would otherwise be answered from for as long as it is held open.
    if (!existsSync(path)) {
      disconnect();
      throw new AdapterFailure('SOURCE_UNAVAILABLE', 'the database file is not there');
    }
    if (opened === undefined) {
      const { DatabaseSync } = await import('node:sqlite');
      opened ??= new DatabaseSync(path, { readOnly: true, timeout: 200 });
    }
    return opened;
  };

  const disconnect = () => {
    statements.clear();
    opened?.close();
    opened = undefined;
  };

  return {
    async query(query, keys) {
      const database = await open();
      const places = query.match(KEYS)?.length ?? 0;
      const text = query.replace(KEYS, keys.map(() => '?').join(','));
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = database.prepare(text);
        if (statements.size < MAX_STATEMENTS) statements.set(text, statement);
      }
      return statement.all(...Array.from({ length: places }, () => keys).flat());
    },
    // Not in double quotes: SQLite takes an unknown name in those for a text.
    quote: (name) => `\`${name}\``,
    isBadKey: () => false,
    close: async () => disconnect(),
  };
}
