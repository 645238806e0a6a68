import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

/**
 * Settings of all servers. Nothing is synced to the disk: no test turns the machine off, and what a process wrote survives its end.
 * There is no TCP port, so no two servers can want the same one.
 */
const SETTINGS = {
  listen_addresses: '',
  fsync: 'off',
  shared_buffers: '32MB',
  max_connections: '60',
  wal_level: 'replica',
  max_wal_senders: '4',
  // A promoted server must not wait for the writes of others.
  wal_keep_size: '64MB',
  log_min_messages: 'log',
};

/** As what the servers run: PostgreSQL refuses to run as root. Undefined: as this process. */
type Account = { readonly uid: number; readonly gid: number } | undefined;

/** A PostgreSQL server of the test's own, reached over a Unix socket in its own folder. It is ended with the test. */
export class PostgresServer {
  readonly #folder: string;
  readonly #account: Account;
  #process: ChildProcess | null = null;

  private constructor(folder: string, account: Account) {
    this.#folder = folder;
    this.#account = account;
  }

  /** An empty server that runs. @param atEnd is given what ends it. Default: when the test is over. */
  static async start(atEnd: (end: () => Promise<void>) => void = onTestFinished): Promise<PostgresServer> {
    const server = await PostgresServer.#inNewFolder(atEnd);
    const options = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await run(binary('initdb'), [...options, '-D', server.#data], { ...server.#account, cwd: server.#folder });
    await server.start();
    return server;
  }

  /** A standby of this server that streams from it, and runs. */
  async startStandby(atEnd: (end: () => Promise<void>) => void = onTestFinished): Promise<PostgresServer> {
    const standby = await PostgresServer.#inNewFolder(atEnd);
    const from = ['-h', this.#folder, '-U', 'postgres', '--checkpoint=fast', '--no-sync', '--write-recovery-conf', '-D', standby.#data];
    await run(binary('pg_basebackup'), from, { ...standby.#account, cwd: standby.#folder });
    await standby.start();
    return standby;
  }

  /** As which host it stands in a URL: the encoded folder of its socket. */
  get host(): string {
    return encodeURIComponent(this.#folder);
  }

  /** @param others further servers, which are tried after this one. */
  url(database: string, ...others: readonly PostgresServer[]): string {
    return `postgres://postgres@${[this, ...others].map(({ host }) => host).join(',')}/${database}`;
  }

  /** Runs one statement on a connection of its own. @returns its rows. */
  async query(statement: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: this.#folder, user: 'postgres', database });
    // The server may be stopped within the statement; it says so by the promise.
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts it again after `stop` or `crash`, with what it has stored. */
  async start(): Promise<void> {
    const settings = Object.entries({ ...SETTINGS, unix_socket_directories: this.#folder }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const child = spawn(binary('postgres'), ['-D', this.#data, ...settings], {
      ...this.#account,
      cwd: this.#folder,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    let said = '';
    const isReady = Promise.withResolvers<void>();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/ready to accept (read-only )?connections/.test(said)) isReady.resolve();
    });
    child.once('exit', () => isReady.reject(new Error(`expected a PostgreSQL server that starts, it ended with: ${said}`)));
    await isReady.promise;
  }

  /** Ends all connections, writes everything and ends, as a service manager stops it. */
  stop(): Promise<void> {
    return this.#end('SIGINT');
  }

  /** Ends at once, in the middle of whatever runs. */
  crash(): Promise<void> {
    return this.#end('SIGQUIT');
  }

  /** Of a standby: it takes writes from now on. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 60)');
  }

  /**
   * A commit is answered from now on when this standby has it, too: so nothing that was acknowledged is lost when the standby takes
   * over.
   */
  async waitForStandbys(): Promise<void> {
    await this.query("alter system set synchronous_standby_names = '*'");
    await this.query('select pg_reload_conf()');
    while ((await this.query("select from pg_stat_replication where sync_state = 'sync'")).length === 0);
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  static async #inNewFolder(atEnd: (end: () => Promise<void>) => void): Promise<PostgresServer> {
    // The path of a Unix socket has 107 characters at most, so the folder lies as high as possible.
    const folder = mkdtempSync(join(tmpdir(), 'pg-'));
    const account = await accountOf();
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (account !== undefined) for (const path of [folder, data]) chownSync(path, account.uid, account.gid);
    const server = new PostgresServer(folder, account);
    atEnd(async () => {
      await server.crash();
      rmSync(folder, { recursive: true, force: true });
    });
    return server;
  }
}

async function accountOf(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

/** Where Debian puts the programs of each version; they are not on PATH there. */
const DEBIAN = '/usr/lib/postgresql';

/** @returns the path of a program of PostgreSQL: of the newest version of Debian's, otherwise of PATH. */
function binary(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const path = versions.map((version) => join(DEBIAN, version, 'bin', name)).find((each) => existsSync(each) && statSync(each).isFile());
  return path ?? name;
}
