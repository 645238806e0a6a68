import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseStoreUrl } from '../../../src/model/store-url.ts';
import { isMigrated, migrate } from '../../../src/store/postgres/migrate.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { schemaRows, schemaUrl } from '../../support/postgres-schema.ts';

const FOLDER = new URL('../../../src/store/postgres/migrations/', import.meta.url);

describe.skipIf(process.env.TEST_DATABASE === undefined)('migrations', () => {
  const newSchema = () => {
    const directory = temporaryDirectory();
    const url = parseStoreUrl(schemaUrl(directory, 'graph', { isPlain: false })) as Extract<
      ReturnType<typeof parseStoreUrl>,
      { scheme: 'postgres' }
    >;
    return { url, rows: (sql: string) => schemaRows(directory, 'graph', sql) };
  };

  /** A folder with the migrations, and with more of them. */
  const folderWith = (...more: string[]): URL => {
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const files = readdirSync(FOLDER);
    for (const name of files) writeFileSync(join(folder, name), readFileSync(new URL(name, FOLDER)));
    const versions = files.filter((name) => /^\d+-[^.]*\.sql$/.test(name)).length;
    for (const [index, sql] of more.entries())
      writeFileSync(join(folder, `${String(versions + 1 + index).padStart(3, '0')}-more.sql`), sql);
    return pathToFileURL(`${folder}/`);
  };

  it('make the tables, with keys of the store’s own', async () => {
    const [one, other] = [newSchema(), newSchema()];
    expect(await isMigrated(one.url)).toBe(false);
    await migrate(one.url);
    await migrate(other.url);
    expect(await isMigrated(one.url)).toBe(true);
    const keys = 'select name, value from setting order by name';
    expect(await one.rows(keys)).toMatchObject([{ name: 'claimed_id_key' }, { name: 'identity_key' }]);
    expect(await one.rows(keys)).not.toEqual(await other.rows(keys));
  });

  it('run once when five replicas start on an empty database, and once on an old one', async () => {
    const { url, rows } = newSchema();
    await Promise.all([1, 2, 3, 4, 5].map(() => migrate(url)));
    const before = await rows('select value from setting order by name');
    const newer = folderWith('create table added (n int); insert into added values (1)');
    await Promise.all([1, 2, 3, 4, 5].map(() => migrate(url, { folder: newer })));
    expect(await rows('select n from added')).toEqual([{ n: 1 }]);
    expect(await rows('select value from setting order by name')).toEqual(before);
  });

  it('leave nothing behind when one of them fails', async () => {
    const { url, rows } = newSchema();
    await expect(migrate(url, { folder: folderWith('create table added (n int)', 'select 1 / 0') })).rejects.toThrow('division by zero');
    expect(await isMigrated(url)).toBe(false);
    await migrate(url);
    expect(await rows(`select to_regclass('added')::text as found`)).toEqual([{ found: null }]);
  });

  it('let a gateway of the version before start beside newer ones, and refuse one that is older', async () => {
    const { url } = newSchema();
    await migrate(url, { folder: folderWith('create table added (n int)') });
    await migrate(url);
    await migrate(url, { folder: folderWith('create table added (n int)', 'create table more (n int)') });
    await expect(migrate(url)).rejects.toThrow(/^the store has schema version \d+, this gateway knows \d+: start the newer gateway$/);
  });

  it('say that tables on one server are not distributed by a setting', async () => {
    const { url } = newSchema();
    await migrate(url);
    await expect(migrate({ ...url, isCitus: true })).rejects.toThrow("'distribute' asks for Citus: docs/scale.md says how");
  });

  it('say why a database cannot be reached, without its password', async () => {
    const url = parseStoreUrl('postgres://user:secret@127.0.0.1:1/shop') as ReturnType<typeof newSchema>['url'];
    const error = await migrate(url, { patience: 0 }).catch((thrown) => thrown);
    expect(error.message).toBe('the database cannot be reached: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('know of no store in a database that is not there', async () => {
    const { url } = newSchema();
    expect(await isMigrated({ ...url, url: url.url.replace(/cpg_test_\w+/, 'cpg_test_nowhere') })).toBe(false);
  });
});
