import { runOnPostgres } from './postgres-client.ts';
import { ownName } from './services.ts';

const SERVER = 'postgres://postgres@127.0.0.1:5432';

/** The URL of the Redis of the tests. */
export const REDIS = 'redis://127.0.0.1:6379/7';

/** An empty database of the test's own. @param atEnd is given what removes it. @returns its URL. */
export async function ownDatabase(atEnd: (end: () => Promise<void>) => void): Promise<string> {
  const name = ownName('gateway_replicas');
  const atServer = (statement: string) => runOnPostgres(`${SERVER}/postgres`, statement);
  await atServer(`create database ${name}`);
  // Tests end gateways and no server.
  await atServer(`alter database ${name} set synchronous_commit = off`);
  // Gateways that were killed may not have said goodbye yet.
  atEnd(async () => {
    await atServer(`drop database if exists ${name} with (force)`);
  });
  return `${SERVER}/${name}`;
}
