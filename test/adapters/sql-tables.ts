import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '../support/gateway.ts';
import { runOnPostgres } from '../support/postgres-client.ts';
import { ownName } from '../support/services.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';

// Each function makes a new database, runs the statements, returns its URL, and drops the database when the test is over.

export async function postgresWith(...statements: readonly string[]): Promise<string> {
  const name = ownName('gateway');
  const atServer = (statement: string) => runOnPostgres('postgres://root@127.0.0.1:5432/postgres', statement);
  await atServer(`create database ${name}`);
  onTestFinished(async () => {
    await atServer(`drop database ${name} with (force)`);
  });
  const url = `postgres://root@127.0.0.1:5432/${name}`;
  await runOnPostgres(url, statements.join('; '));
  return url;
}

export async function mariadbWith(...statements: readonly string[]): Promise<string> {
  const name = ownName('gateway');
  const connection = await createConnection('mysql://root@127.0.0.1:3306');
  await connection.query(`create database ${name} character set utf8mb4`);
  onTestFinished(async () => {
    await connection.query(`drop database ${name}`);
    await connection.end();
  });
  await connection.query(`use ${name}`);
  for (const statement of statements) await connection.query(statement);
  return `mariadb://root@127.0.0.1:3306/${name}`;
}

export function sqliteWith(...statements: readonly string[]): string {
  const path = join(temporaryDirectory(), 'things.db');
  fillSqlite(path, ...statements);
  return `sqlite:${path}`;
}

export function fillSqlite(path: string, ...statements: readonly string[]): void {
  const database = openSqliteFile(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}
