import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresUrl } from '../../model/store-url.ts';
import { codeOf, isTransient } from './errors.ts';
import { hostsOf } from './hosts.ts';
import { OpenConnection } from './open-connection.ts';
import { reasonOf } from './retry.ts';

/** How the tables are laid out: on one server, or over the nodes of a Citus cluster. Each has migrations of its own. */
export type Layout = 'plain' | 'citus';

/** `NNN-name.sql` for both layouts, and after it `NNN-name.LAYOUT.sql`. */
const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** Settings that are random keys of the store's own, made with it: what identities and claims are hashed with. */
const KEYS = ['identity_key', 'claimed_id_key'];

/** Two replicas created the same thing at the same time: unique_violation of a catalog, duplicate_table, duplicate_object, duplicate_schema. */
const CREATED_MEANWHILE = new Set(['23505', '42P07', '42710', '42P06']);

/** The schema, or the table, is not there. */
const NOT_MADE = new Set(['3F000', '42P01']);

/** Milliseconds for which a start waits for a database that does not answer yet. */
const PATIENCE = 10_000;

export interface MigrateOptions {
  /** The folder of the migrations, with a slash at its end. */
  readonly folder?: URL;
  /** Milliseconds for which a database that does not answer is asked again. Default: 10 seconds. */
  readonly patience?: number;
}

/**
 * Brings the schema to this version, in one transaction. Replicas may start together: one migrates, the others wait for its row of
 * `schema_version`. Each migration leaves the gateways of the version before it working, so a database that is one version ahead is
 * used as it is.
 * @throws Error when a database is further ahead, has another layout than asked for, refuses, or can't be reached.
 */
export async function migrate(url: PostgresUrl, { folder = MIGRATIONS, patience = PATIENCE }: MigrateOptions = {}): Promise<void> {
  const known = migrationsIn(folder);
  const giveUpAt = performance.now() + patience;
  for (;;) {
    try {
      return await connected(url, (connection) => migrateOn(connection, known, url.isCitus ? 'citus' : 'plain'));
    } catch (error) {
      if (!isTransient(error) && !CREATED_MEANWHILE.has(codeOf(error) ?? '')) throw error;
      if (performance.now() > giveUpAt)
        throw isTransient(error) ? new Error(`the database cannot be reached: ${reasonOf(error)}`, { cause: error }) : error;
      await sleep(20 + Math.random() * 80);
    }
  }
}

/** @returns true when a gateway has made a store in this database. @throws the database's error, save where it has no such database. */
export async function isMigrated(url: PostgresUrl): Promise<boolean> {
  try {
    return await connected(url, async (connection) => ((await versionOn(connection))?.version ?? 0) > 0);
  } catch (error) {
    if (codeOf(error) === '3D000') return false;
    throw error;
  }
}

interface Version {
  readonly version: number;
  readonly layout: Layout;
}

/** The SQL of each version, from the first, in each layout. */
type Migrations = readonly { readonly [Each in Layout]: string }[];

async function connected<Result>(url: PostgresUrl, use: (connection: OpenConnection) => Promise<Result>): Promise<Result> {
  const connection = await OpenConnection.open(hostsOf(url), { areKept: false });
  connection.waitLong();
  try {
    return await use(connection);
  } finally {
    if (!connection.isLost) await connection.end();
  }
}

async function migrateOn(connection: OpenConnection, known: Migrations, asked: Layout): Promise<void> {
  // Usually nothing is to be done, and then nothing is locked.
  const found = await versionOn(connection);
  if (found !== null && found.version > 0 && isUpToDate(found, known, asked)) return;
  await createVersion(connection, asked);
  await connection.execute('begin');
  const { rows } = await connection.execute('select version, layout from schema_version for update');
  const current = rows[0] as unknown as Version;
  if (!isUpToDate(current, known, asked)) {
    for (const migration of known.slice(current.version)) await connection.execute(migration[current.layout]);
    await connection.execute(`update schema_version set version = ${known.length}`);
    const keys = KEYS.map((name) => `('${name}', '${randomBytes(32).toString('base64url')}')`);
    await connection.execute(`insert into setting (name, value) values ${keys.join(', ')} on conflict do nothing`);
  }
  await connection.execute('commit');
}

/** @returns null before the first gateway. */
async function versionOn(connection: OpenConnection): Promise<Version | null> {
  try {
    return ((await connection.execute('select version, layout from schema_version')).rows[0] ?? null) as Version | null;
  } catch (error) {
    if (NOT_MADE.has(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** The table with its only row, and the schema in which the URL wants the tables (`options=-c search_path=…`). */
async function createVersion(connection: OpenConnection, layout: Layout): Promise<void> {
  const [path] = (await connection.execute(`select current_schema() as schema, current_setting('search_path') as wanted`)).rows;
  if (path?.schema === null) await connection.execute(`create schema if not exists ${firstOf(path.wanted as string)}`);
  await connection.execute(
    `create table if not exists schema_version (
      is_only boolean primary key default true check (is_only), version integer not null, layout text not null
    )`,
  );
  await connection.execute(`insert into schema_version (version, layout) values (0, '${layout}') on conflict do nothing`);
}

/** @param path a setting of PostgreSQL: identifiers, quoted where that is needed. */
function firstOf(path: string): string {
  return (path.split(',')[0] as string).trim();
}

/** @throws Error where the database was made for another gateway. */
function isUpToDate({ version, layout }: Version, known: Migrations, asked: Layout): boolean {
  if (version > known.length + 1) {
    throw new Error(`the store has schema version ${version}, this gateway knows ${known.length}: start the newer gateway`);
  }
  if (version > 0 && asked === 'citus' && layout === 'plain') {
    throw new Error(`the store's tables lie on one server, and 'distribute' asks for Citus: docs/scale.md says how to distribute them`);
  }
  return version >= known.length;
}

function migrationsIn(folder: URL): Migrations {
  const files = readdirSync(folder).sort();
  const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  return files
    .filter((name) => /^\d+-[^.]*\.sql$/.test(name))
    .map((name) => {
      const inLayout = (layout: Layout) => {
        const own = name.replace(/\.sql$/, `.${layout}.sql`);
        return files.includes(own) ? `${textOf(name)}\n${textOf(own)}` : textOf(name);
      };
      return { plain: inLayout('plain'), citus: inLayout('citus') };
    });
}
