import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { temporaryDirectory } from './gateway.ts';

/** True where PgBouncer is installed. */
export const HAS_PGBOUNCER = spawnSync('pgbouncer', ['--version']).status === 0;

/**
 * Starts PgBouncer in front of a server, giving each transaction one of two connections. @param url of a database, reached by TCP.
 * @returns the URL of the same database through PgBouncer, which stops when the test is over.
 */
export async function throughPgBouncer(url: string): Promise<string> {
  const { hostname, port, username, pathname } = new URL(url);
  const folder = temporaryDirectory();
  chmodSync(folder, 0o777);
  const settings = {
    pool_mode: 'transaction',
    default_pool_size: 2,
    // A socket in a folder of its own: no port is taken.
    listen_addr: '',
    unix_socket_dir: folder,
    listen_port: 6432,
    auth_type: 'trust',
    auth_file: join(folder, 'users.txt'),
  };
  writeFileSync(settings.auth_file, `"${username}" ""\n`);
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const target = `* = host=${hostname} port=${port || 5432}`;
  writeFileSync(join(folder, 'pgbouncer.ini'), ['[databases]', target, '[pgbouncer]', ...lines, ''].join('\n'));
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const pooler: ChildProcess = spawn('pgbouncer', ['-q', ...user, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' });
  onTestFinished(async () => {
    if (pooler.exitCode !== null) return;
    const exited = once(pooler, 'exit');
    pooler.kill('SIGTERM');
    // The first signal waits for clients, the second does not.
    pooler.kill('SIGTERM');
    await exited;
  });
  await expect.poll(() => existsSync(join(folder, '.s.PGSQL.6432'))).toBe(true);
  return `postgres://${username}@${encodeURIComponent(folder)}:6432${pathname}`;
}
