import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isMissing, naming } from '../support/services.ts';
import { mariadbWith, postgresWith, sqliteWith } from './sql-tables.ts';

/** The rows of every database: a day, an instant, and the local time in Berlin, with its offset. */
const MOMENTS = [
  { id: 'winter', born: '1975-05-11', seen: '2026-01-05T10:00:00.000Z', local_at: '2026-01-05 11:00:00', offset: '+01:00' },
  { id: 'summer', born: '2026-03-29', seen: '2026-07-05T10:00:00.000Z', local_at: '2026-07-05 12:00:00', offset: '+02:00' },
  // The hour that clocks show twice on 2025-10-26: two instants with the same local time.
  { id: 'first', born: '2025-10-26', seen: '2025-10-26T00:30:00.000Z', local_at: '2025-10-26 02:30:00', offset: '+02:00' },
  { id: 'second', born: '1900-01-01', seen: '2025-10-26T01:30:00.000Z', local_at: '2025-10-26 02:30:00', offset: '+02:00' },
  // The changes of the clock in New York, where the process runs, have no effect.
  { id: 'skipped', born: '2025-03-09', seen: '2025-03-09T07:30:00.000Z', local_at: '2025-03-09 02:30:00', offset: '+01:00' },
  { id: 'twice', born: '2025-11-02', seen: '2025-11-02T06:30:00.000Z', local_at: '2025-11-02 01:30:00', offset: '+01:00' },
];
const inColumns = MOMENTS.map(({ id, born, seen, local_at }) => ({ id, born, seen, local_at }));
const inBerlin = MOMENTS.map(({ id, born, seen, local_at, offset }) => ({
  id,
  born,
  seen,
  local_at: `${local_at.replace(' ', 'T')}${offset}`,
}));

const insert = (instantOf: (seen: string) => string) =>
  `insert into moment values ${MOMENTS.map(({ id, born, seen, local_at }) => `('${id}', '${born}', '${instantOf(seen)}', '${local_at}')`).join(', ')}`;

describe.skipIf(isMissing('PostgreSQL') || isMissing('MariaDB'))(
  `dates and times of SQLite, ${naming('PostgreSQL')}, ${naming('MariaDB')}`,
  () => {
    it('are the same in every zone of the process and the session, in winter and in summer', async () => {
      const postgres = await postgresWith(
        'create table moment (id text, born date, seen timestamptz, local_at timestamp)',
        insert((seen) => seen),
      );
      const mariadb = await mariadbWith(
        "set time_zone = '+00:00'",
        'create table moment (id varchar(20), born date, seen timestamp null, local_at datetime)',
        insert((seen) => seen.slice(0, 19).replace('T', ' ')),
      );
      const sqlite = sqliteWith(
        'create table moment (id text, born text, seen text, local_at text)',
        insert((seen) => seen),
      );
      const session = (zone: string) => `${postgres}?options=${encodeURIComponent(`-c timezone=${zone}`)}`;
      const urls = [session('UTC'), session('Asia/Kolkata'), session('America/New_York'), session('Europe/Berlin'), mariadb, sqlite];
      const expected = urls.flatMap(() => [inColumns, inBerlin]);
      const keys = MOMENTS.map(({ id }) => id).join(',');
      await Promise.all(
        ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati'].map(async (zone) => {
          const { stdout } = await promisify(execFile)(process.execPath, ['test/adapters/sql-times-command.ts', keys, ...urls], {
            env: { ...process.env, TZ: zone },
          });
          expect(JSON.parse(stdout), zone).toEqual(expected);
        }),
      );
    });
  },
);
