import { type Connection, prepared } from './statement.ts';

const FIND = prepared('select value from setting where name = $1');
const KEEP = prepared('insert into setting (name, value) values ($1, $2) on conflict (name) do nothing');

/** @throws Error where the store has no such setting. */
export async function storedSetting(connection: Connection, name: string): Promise<string> {
  const value = await find(connection, name);
  if (value === null) throw new Error(`the store has lost its setting '${name}': restore it from a backup`);
  return value;
}

/** Keeps the value unless one of this name is kept already. @returns the value that is kept now. */
export async function keepSetting(connection: Connection, name: string, value: string): Promise<string> {
  const kept = await find(connection, name);
  if (kept !== null) return kept;
  await connection.run({ prepared: KEEP, values: [name, value] });
  // Another process may have been first.
  return storedSetting(connection, name);
}

async function find(connection: Connection, name: string): Promise<string | null> {
  const { rows } = await connection.run({ prepared: FIND, values: [name] });
  return (rows[0]?.value as string | undefined) ?? null;
}
